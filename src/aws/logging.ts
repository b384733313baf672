/**
 * A function's `LoggingConfig` with defaults.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html
 */
export interface FunctionLogging {
  readonly format: LogFormat;
  /** Minimum level of the function's own lines. */
  readonly applicationLevel: ApplicationLogLevel;
  /** Minimum level of the platform's lines. */
  readonly systemLevel: SystemLogLevel;
  readonly group: string;
}

export const logFormats = ['JSON', 'Text'] as const;
export const applicationLogLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
export const systemLogLevels = ['DEBUG', 'INFO', 'WARN'] as const;

export type LogFormat = (typeof logFormats)[number];
export type ApplicationLogLevel = (typeof applicationLogLevels)[number];
export type SystemLogLevel = (typeof systemLogLevels)[number];

/** `LoggingConfig` in the API's format. */
export interface LoggingConfig {
  readonly LogFormat?: LogFormat;
  readonly ApplicationLogLevel?: ApplicationLogLevel;
  readonly SystemLogLevel?: SystemLogLevel;
  readonly LogGroup?: string;
}

export const defaultLogGroup = (functionName: string): string => `/aws/lambda/${functionName}`;

/** Adds defaults. Levels apply only to the JSON format. */
export function functionLogging(functionName: string, config: LoggingConfig = {}): FunctionLogging {
  return {
    format: config.LogFormat ?? 'Text',
    applicationLevel: config.ApplicationLogLevel ?? 'INFO',
    systemLevel: config.SystemLogLevel ?? 'INFO',
    group: config.LogGroup ?? defaultLogGroup(functionName),
  };
}
