import { systemClock } from '../../lib/clock';
import type { Connection } from '../client/emulator';
import { parsed } from '../client/http';
import { plotted } from '../client/plotted';
import { Problem } from '../problem';
import { Progress } from '../terminal/progress';
import { readText, writeText } from '../text-files';
import { diffText } from './diff';
import { durationText } from './quantities';
import { readScenario } from './read-scenario';
import { junit, summary } from './reports';
import { type RunProgress, runScenario } from './run-scenario';
import type { RunResult } from './scenario';

export interface RunFileOptions {
  readonly speed?: number;
  readonly seed?: number;
  /** A file to write, as `json`. */
  readonly junit?: string;
  readonly json?: string;
}

export async function run(connection: Connection, file: string, options: RunFileOptions): Promise<number> {
  const scenario = readScenario(file);
  const seeded = options.seed === undefined ? scenario : { ...scenario, seed: options.seed };
  const progress = new Progress(process.stderr, systemClock);
  const result = await progress.task(
    scenario.name,
    (report) =>
      runScenario(connection, seeded, {
        speed: options.speed ?? 1,
        clock: systemClock,
        report: (state) =>
          report(
            process.stderr.isTTY ? stepText(state) : `phase ${state.phase + 1} of ${state.phases}`,
            state.requests === 0 ? 0 : state.sent / state.requests,
          ),
      }),
    ({ requests }) => `${requests.length} requests`,
  );
  process.stdout.write(summary(result));
  await plotted(connection, result);
  if (options.json !== undefined) writeText(options.json, `${JSON.stringify(result, null, 2)}\n`);
  if (options.junit !== undefined) writeText(options.junit, junit(result));
  return result.assertions.every(({ passed }) => passed) ? 0 : 1;
}

function stepText({ phase, phases, virtualMs, sent, requests, inFlight }: RunProgress): string {
  return `phase ${phase + 1} of ${phases}, ${durationText(virtualMs)}, ${sent} of ${requests} requests, ${inFlight} under way`;
}

export function diff(before: string, after: string): number {
  process.stdout.write(diffText(readRun(before), readRun(after)));
  return 0;
}

function readRun(file: string): RunResult {
  const value = parsed(readText(file));
  if (typeof value === 'object' && value !== null && 'requests' in value && 'environmentsMost' in value)
    return value as RunResult;
  throw new Problem(`${file} is not the result of a run. Write one with "scenario run FILE --json ${file}".`);
}
