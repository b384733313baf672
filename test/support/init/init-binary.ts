import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const sources = resolve(__dirname, '../../../images/init');
const cache = resolve(__dirname, '../../../node_modules/.cache/lambdock');

let binary: Promise<string> | undefined;

/**
 * The init's binary: what `LAMBDOCK_TEST_INIT` names (to test the very binary that ships, or one with a sanitizer),
 * else one compiled from the sources with this machine's compiler, once for as long as they stay as they are.
 */
export function initBinary(): Promise<string> {
  binary ??=
    process.env.LAMBDOCK_TEST_INIT === undefined
      ? compile()
      : Promise.resolve(resolve(process.env.LAMBDOCK_TEST_INIT));
  return binary;
}

async function compile(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(sources)).filter((each) => /\.[ch]$|^Makefile$/.test(each)).sort())
    hash.update(await readFile(join(sources, name)));
  const path = join(cache, `init-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(path)) return path;
  await mkdir(cache, { recursive: true });
  // Another test file may do the same at this moment: whole or not at all.
  const folder = await mkdtemp(join(cache, 'init-build-'));
  await promisify(execFile)('make', ['-C', sources, `BUILD=${folder}`, 'CC=cc -static']);
  await rename(join(folder, 'init'), path);
  await rm(folder, { recursive: true });
  return path;
}
