import { limits } from './limits';

/**
 * Variables that Lambda sets and that a function's configuration must not set: "Reserved environment variables" in
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, and those of newer platforms.
 * The pattern for names already rejects names that begin with `_`.
 */
export const reservedVariables: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_MAX_CONCURRENCY',
  'AWS_LAMBDA_METADATA_API',
  'AWS_LAMBDA_METADATA_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

/** Variables that Lambda sets but that a function's configuration may replace. */
export const replaceableVariables: readonly string[] = [
  'AWS_LAMBDA_LOG_FORMAT',
  'AWS_LAMBDA_LOG_LEVEL',
  'AWS_XRAY_CONTEXT_MISSING',
  'AWS_XRAY_DAEMON_ADDRESS',
  'GEM_PATH',
  'LANG',
  'LD_LIBRARY_PATH',
  'NODE_PATH',
  'PATH',
  'PYTHONPATH',
  'TZ',
];

/** `EnvironmentVariableName` in the service model: a letter, then at least one letter, digit or `_`. */
const keyPattern = /^[a-zA-Z][a-zA-Z0-9_]+$/;

/** Why a function's configuration must not set this variable; undefined if it may. */
export function variableNameProblem(name: string): 'reserved' | 'pattern' | undefined {
  if (reservedVariables.has(name)) return 'reserved';
  return keyPattern.test(name) ? undefined : 'pattern';
}

/** Bytes for the comparison with `limits.environmentBytes`: Lambda measures the variables as JSON without blanks. */
export function environmentSizeBytes(environment: Readonly<Record<string, string>>): number {
  return Object.keys(environment).length === 0 ? 0 : Buffer.byteLength(JSON.stringify(environment));
}

export function environmentFits(environment: Readonly<Record<string, string>>): boolean {
  return environmentSizeBytes(environment) <= limits.environmentBytes;
}
