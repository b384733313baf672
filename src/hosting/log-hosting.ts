import { join } from 'node:path';
import type { Clock } from '../lib/clock';
import type { Journal } from '../telemetry/journal';
import { LogArchive } from '../telemetry/log-archive';
import { LogFiles } from '../telemetry/log-files';

/** Settings of log files. */
export interface LogSettings {
  readonly dataFolder: string;
  readonly logFileBytes: number;
  readonly logFiles: number;
}

/** Opens the log files of a data folder for writing, which the journal does, and for reading. */
export function openLogs(
  { dataFolder, logFileBytes: maxBytes, logFiles }: LogSettings,
  journal: Journal,
  clock: Clock,
  fail: (error: Error) => void,
): { readonly files: LogFiles; readonly archive: LogArchive } {
  const folder = join(dataFolder, 'logs');
  const files = new LogFiles(folder, { maxBytes, files: logFiles, clock, fail });
  journal.follow((batch) => files.write(batch));
  return { files, archive: new LogArchive(folder, () => files.written()) };
}
