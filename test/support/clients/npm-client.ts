import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sharedFolder } from '../app/running-app';

const run = promisify(execFile);

/** The folder in which a version of an npm package is installed with all that it needs; once, for all runs. */
export async function npmClient(name: string, version: string): Promise<string> {
  const folder = join(sharedFolder(), `${name}-${version}`);
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  if (isThere) return folder;
  await mkdir(sharedFolder(), { recursive: true });
  const begun = await mkdtemp(`${folder}.`);
  const options = ['--prefix', begun, '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['install', ...options, `${name}@${version}`], { cwd: begun });
  // Another run may have been faster.
  await rename(begun, folder).catch(() => rm(begun, { recursive: true }));
  return folder;
}
