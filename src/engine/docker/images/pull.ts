import type Docker from 'dockerode';
import type { Clock } from '../../../lib/clock';
import type { ReportProgress } from '../../../lib/progress';
import { engineMessages } from '../engine-messages';
import type { RegistryCredentials } from './registry-credentials';

/** Why an image was not pulled. */
export class PullError extends Error {
  override readonly name = 'PullError';

  constructor(
    /** `missing`: the registry responded that it has no such image. `unreachable`: it did not respond. */
    readonly reason: 'missing' | 'unreachable',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** How long a registry may send nothing, before its first response and after it. */
const firstWordMs = 20_000;
const silenceMs = 60_000;

function pullErrorOf(error: unknown, silent: boolean): PullError {
  const text = error instanceof Error ? error.message : String(error);
  const message = silent
    ? 'it did not answer in time'
    : text.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim();
  const missing =
    /not found|manifest unknown|no matching manifest|pull access denied|does not exist|unauthorized/i.test(
      text,
    ) && !silent;
  return new PullError(missing ? 'missing' : 'unreachable', message, { cause: error });
}

/** Pulls an image for the engine's platform. Rejects with a PullError. */
export async function pullImage(
  docker: Docker,
  reference: string,
  report: ReportProgress,
  clock: Clock,
  credentials?: RegistryCredentials,
): Promise<void> {
  const abort = new AbortController();
  let silent = false;
  const giveUp = () => {
    silent = true;
    abort.abort();
  };
  let alarm = clock.alarm(clock.now() + firstWordMs, giveUp);
  const heard = () => {
    alarm.clear();
    alarm = clock.alarm(clock.now() + silenceMs, giveUp);
  };
  try {
    const authconfig = await credentials?.forImage(reference);
    const stream = await docker.pull(reference, {
      abortSignal: abort.signal,
      ...(authconfig !== undefined && { authconfig }),
    });
    const layers = new Map<string, { current: number; total: number }>();
    for await (const { id, error, progressDetail } of engineMessages(stream)) {
      heard();
      if (error !== undefined) throw new Error(error);
      if (id === undefined || progressDetail?.total === undefined) continue;
      layers.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total });
      const sum = (key: 'current' | 'total') =>
        [...layers.values()].reduce((all, layer) => all + layer[key], 0);
      report(`Pulling ${reference}`, sum('current') / sum('total'));
    }
  } catch (error) {
    throw pullErrorOf(error, silent);
  } finally {
    alarm.clear();
  }
}
