import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const sources = resolve(__dirname, '../../images/init');

/**
 * The init's binary: what `LAMBDOCK_TEST_INIT` names (to test the very binary that ships, or one with a sanitizer),
 * else one compiled from the sources with this machine's compiler.
 */
export async function initBinary(): Promise<string> {
  const named = process.env.LAMBDOCK_TEST_INIT;
  if (named !== undefined) return named;
  const folder = await mkdtemp(join(tmpdir(), 'lambdock-init-'));
  await promisify(execFile)('make', ['-C', sources, `BUILD=${folder}`, 'CC=cc -static']);
  return join(folder, 'init');
}
