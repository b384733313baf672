import { runChild } from '../../../lib/child';
import { errnoOf } from '../../../lib/errno';
import { LastLines } from '../../../lib/text/last-lines';
import { EngineError } from '../../engine';

/** Downloads the npm package `NAME@VERSION` to `NAME-VERSION.tgz` in the folder. */
export async function packNpm(spec: string, folder: string, caFile: string | undefined): Promise<void> {
  const last = new LastLines();
  const code = await runChild({
    command: 'npm',
    arguments: [
      ...['pack', spec, '--pack-destination', folder, '--loglevel', 'error', '--ignore-scripts'],
      ...(caFile === undefined ? [] : [`--cafile=${caFile}`]),
    ],
    onLine: (line) => last.push(line),
  }).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
    throw new EngineError(
      'build-failed',
      `npm is required to download ${spec} but was not found in PATH. Install Node.js with npm.`,
      { cause: error },
    );
  });
  if (code === 0) return;
  throw new EngineError(
    'build-failed',
    `npm failed to download ${spec}. Check that its registry is reachable, then try again. Last output:${last}`,
  );
}
