import { existsSync } from 'node:fs';
import { copyFile, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { sha256 } from '../../lib/hash';
import type { ReportProgress } from '../../lib/progress';
import type { Compose } from './compose';
import type { EngineClient } from './engine-client';
import { packageFolder } from './package-folder';

const shared = ['images', 'package.json'];
/** Sources of the image in a checkout; `.dockerignore` excludes everything else from the build context. */
const sources = [
  ...shared,
  'src',
  '.dockerignore',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
/** Sources of the image in the npm package. npm does not pack the lock file, so the build copies it to `dist`. */
const compiled = [...shared, 'dist'];

/** The image's tag: twelve hex digits that change with what it is built from. */
export async function emulatorTag(base: string, folder = packageFolder): Promise<string> {
  const inputs = hasSources(folder) ? sources : compiled;
  const files = (await Promise.all(inputs.map((input) => filesIn(join(folder, input))))).flat().sort();
  const contents = await Promise.all(
    files.map(async (file) => `${relative(folder, file)} ${sha256(await readFile(file))}`),
  );
  return sha256([base, ...contents].join('\n')).slice(0, 12);
}

function hasSources(folder: string): boolean {
  return existsSync(join(folder, 'src', 'main.ts'));
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

/** The image's name without its tag. */
export const emulatorRepository = 'lambdock/emulator';

/** Builds the image unless the engine has it. Resolves to whether the engine had it. */
export async function ensureEmulatorImage(
  engine: EngineClient,
  compose: Compose,
  tag: string,
  caFile: string | undefined,
  report: ReportProgress,
): Promise<boolean> {
  const exists = await engine.hasImage(`${emulatorRepository}:${tag}`);
  if (!exists) await buildEmulatorImage(compose, caFile, report);
  return exists;
}

/** Builds the image through Compose, as `docker-compose.yml` describes it. */
async function buildEmulatorImage(
  compose: Compose,
  caFile: string | undefined,
  report: ReportProgress,
): Promise<void> {
  if (hasSources(packageFolder)) return buildIn(packageFolder, {}, compose, caFile, report);
  const context = await packageContext();
  const variables = { LAMBDOCK_CONTEXT: context, LAMBDOCK_DOCKERFILE: 'images/emulator/package.Dockerfile' };
  try {
    await buildIn(context, variables, compose, caFile, report);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** A build context of the installed package, whose own folder may be read-only. */
async function packageContext(): Promise<string> {
  const context = await mkdtemp(join(tmpdir(), 'lambdock-build-'));
  for (const input of compiled) {
    await cp(join(packageFolder, input), join(context, input), { recursive: true, dereference: true });
  }
  await copyFile(join(packageFolder, 'dist', 'package-lock.json'), join(context, 'package-lock.json'));
  return context;
}

async function buildIn(
  context: string,
  variables: Readonly<Record<string, string>>,
  compose: Compose,
  caFile: string | undefined,
  report: ReportProgress,
): Promise<void> {
  // The file must be in the build context while the build runs.
  const copy = join(context, '.lambdock-ca.crt');
  if (caFile !== undefined) await copyFile(caFile, copy);
  const line = (text: string) => {
    const step = buildStep(text);
    if (step) report(step.text, step.fraction);
  };
  try {
    await compose.run(['build', '--force-rm'], { line, variables });
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
