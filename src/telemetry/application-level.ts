import { type ApplicationLogLevel, applicationLogLevels, type FunctionLogging } from '../aws/logging';
import type { EventTexts } from './line-batches';

/**
 * Drops a function's output lines below its log level. A line without a level counts as INFO.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 */
export function linesOfLevel(
  { text, events }: EventTexts,
  { format, applicationLevel }: Pick<FunctionLogging, 'format' | 'applicationLevel'>,
): EventTexts | undefined {
  if (format !== 'JSON') return { text, events };
  const least = applicationLogLevels.indexOf(applicationLevel);
  const isLogged = (line: string) => applicationLogLevels.indexOf(levelOf(line)) >= least;
  if (events === 1) return isLogged(text) ? { text, events } : undefined;
  const left = text.split('\n').filter(isLogged);
  return left.length === 0 ? undefined : { text: left.join('\n'), events: left.length };
}

/** Runtimes use different names for levels. */
const synonyms: Readonly<Record<string, ApplicationLogLevel>> = { WARNING: 'WARN', CRITICAL: 'FATAL' };

function levelOf(line: string): ApplicationLogLevel {
  if (!line.startsWith('{')) return 'INFO';
  try {
    const { level, log_level = level } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const name = String(log_level).toUpperCase();
    return applicationLogLevels.find((each) => each === name) ?? synonyms[name] ?? 'INFO';
  } catch {
    return 'INFO';
  }
}
