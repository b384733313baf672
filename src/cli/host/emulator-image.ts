import { copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { sha256 } from '../../lib/hash';
import type { ReportProgress } from '../../lib/progress';
import type { Compose } from './compose';
import { packageFolder } from './package-folder';

/** What the image is built from; `.dockerignore` keeps everything else out of the build context. */
const inputs = [
  'src',
  'images',
  '.dockerignore',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

/** The image's tag: twelve hex digits that change with what it is built from. */
export async function emulatorTag(base: string): Promise<string> {
  const files = (await Promise.all(inputs.map((input) => filesIn(join(packageFolder, input))))).flat().sort();
  const contents = await Promise.all(
    files.map(async (file) => `${relative(packageFolder, file)} ${sha256(await readFile(file))}`),
  );
  return sha256([base, ...contents].join('\n')).slice(0, 12);
}

async function filesIn(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    // Not a folder.
    return [path];
  }
}

/** Builds the image through Compose, as `docker-compose.yml` describes it. */
export async function buildEmulatorImage(
  compose: Compose,
  caFile: string | undefined,
  report: ReportProgress,
): Promise<void> {
  // The file must be in the build context while the build runs.
  const copy = join(packageFolder, '.lambdock-ca.crt');
  if (caFile !== undefined) await copyFile(caFile, copy);
  try {
    await compose.run(['build', '--force-rm'], (line) => {
      const step = buildStep(line);
      if (step) report(step.text, step.fraction);
    });
  } finally {
    if (caFile !== undefined) await rm(copy, { force: true });
  }
}

/**
 * A line that starts a step which may be slow: `Step 3/21 : RUN npm …` (classic builder),
 * `#9 [lambdock build 3/6] RUN npm …` (BuildKit). Copying and settings take no time.
 */
export function buildStep(line: string): { readonly text: string; readonly fraction: number } | undefined {
  const [, done, all, text] =
    /^Step (\d+)\/(\d+) : ((?:FROM|RUN) .+)/.exec(line) ??
    /^#\d+ \[(?:[^\]]+ )?(\d+)\/(\d+)\] ((?:FROM|RUN) .+)/.exec(line) ??
    [];
  if (text === undefined) return undefined;
  return { text: `step ${done} of ${all}: ${text.slice(0, 60)}`, fraction: Number(done) / Number(all) };
}
