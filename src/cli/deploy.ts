import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { compile, compilerOf, type FoundCompiler } from '../functions/build/compiled';
import { zipFolder } from '../functions/store/folder-zip';
import { systemClock } from '../lib/clock';
import { familyOf } from '../runtimes/runtimes';
import type { Connection } from './client/emulator';
import { type Configuration, LambdaApi } from './client/lambda-api';
import { type FunctionOptions, inputOf } from './function-options';
import { guess } from './guess';
import { Problem } from './problem';
import { Progress } from './terminal/progress';

export interface DeployOptions extends FunctionOptions {
  readonly name?: string;
  readonly json?: boolean;
}

export interface DeployTarget extends Connection {
  readonly accountId: string;
}

/** Zips a folder and creates the function, or updates it; resolves when the function is active. */
export async function deploy(target: DeployTarget, folder: string, options: DeployOptions): Promise<number> {
  const progress = new Progress(process.stderr, systemClock);
  const api = new LambdaApi(target);
  const path = resolve(folder);
  const name = options.name ?? nameOf(path);
  const before = await api.find(name);
  const compiler = compilerOf(path, options.runtime ?? before?.Runtime);
  const input = before ? inputOf(options, before) : creation(path, name, options, target.accountId, compiler);
  const { zip } = await progress.task(
    'Zip',
    (report) => {
      if (compiler === undefined) return zipped(path);
      report(`building with ${compiler.method}`);
      return compiled(path, compiler, options.handler ?? before?.Handler ?? '', before?.Architectures[0]);
    },
    (made) => `${made.files} ${made.files === 1 ? 'file' : 'files'}, ${size(made.zip.length)}`,
  );
  const done = await progress.task(
    name,
    (report) => {
      report(before ? 'updating' : 'creating');
      if (before) return update(api, before, zip, input, report);
      return api
        .create({ ...input, Code: { ZipFile: zip.toString('base64') } })
        .then(() => api.settled(name, report));
    },
    () => (before ? 'updated' : 'created'),
  );
  process.stdout.write(options.json ? `${JSON.stringify(done, null, 2)}\n` : next(done));
  return 0;
}

/** Code first, then settings: the API takes one change at a time. */
async function update(
  api: LambdaApi,
  before: Configuration,
  zip: Buffer,
  input: Readonly<Record<string, unknown>>,
  report: (step: string) => void,
): Promise<Configuration> {
  const { FunctionName: name } = before;
  let now = before;
  if (createHash('sha256').update(zip).digest('base64') === before.CodeSha256) {
    report('the code has not changed');
  } else {
    await api.updateCode(name, { ZipFile: zip.toString('base64') });
    now = await api.settled(name, report);
  }
  if (Object.keys(input).length === 0) return now;
  await api.updateConfiguration(name, input);
  return api.settled(name, report);
}

function creation(
  path: string,
  name: string,
  options: DeployOptions,
  accountId: string,
  compiler: FoundCompiler | undefined,
): Readonly<Record<string, unknown>> {
  const { runtime, handler } = options;
  const program = compiler?.method === 'maven' ? undefined : (compiler?.file ?? programOf(path, runtime));
  const guessed =
    runtime !== undefined && handler !== undefined
      ? undefined
      : program === undefined
        ? guess(path, options)
        : { runtime: 'provided.al2023', handler: 'bootstrap', because: `it has ${program}` };
  const guesses = [
    ...(options.name === undefined ? [`the name ${name} (the folder's)`] : []),
    ...(guessed && runtime === undefined ? [`the runtime ${guessed.runtime}`] : []),
    ...(guessed && handler === undefined ? [`the handler ${guessed.handler} (${guessed.because})`] : []),
  ];
  if (guesses.length > 0) {
    process.stderr.write(`Using ${guesses.join(', ')}. Change it with --name, --runtime or --handler.\n`);
  }
  const role = options.role ?? `arn:aws:iam::${accountId}:role/lambdock`;
  return { FunctionName: name, ...inputOf({ ...guessed, ...options, role }) };
}

function nameOf(path: string): string {
  const name = basename(path)
    .replaceAll(/[^a-zA-Z0-9-_]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64);
  if (name !== '') return name;
  throw new Problem(`Cannot derive a function name from ${path}. Pass --name NAME.`);
}

/** The program of a function that brings its runtime. */
function programOf(path: string, runtime = 'provided'): string | undefined {
  return familyOf(runtime)?.hasOwnBootstrap && existsSync(join(path, 'bootstrap')) ? 'bootstrap' : undefined;
}

/** What a compiler of this machine makes of the folder, as a zip. */
async function compiled(
  path: string,
  { method }: FoundCompiler,
  handler: string,
  architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64',
): ReturnType<typeof zipFolder> {
  const scratch = await mkdtemp(join(tmpdir(), 'lambdock-build-'));
  try {
    const target = join(scratch, 'code');
    await mkdir(target);
    const isArm = architecture === 'arm64';
    await compile({
      ...{ method, handler, name: path, source: path, target },
      architecture: isArm ? 'arm64' : 'x86_64',
    });
    return await zipFolder(target);
  } catch (error) {
    throw problemOf(error);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function zipped(path: string): ReturnType<typeof zipFolder> {
  try {
    return await zipFolder(path);
  } catch (error) {
    throw problemOf(error);
  }
}

/** The store's errors say what is wrong with the folder, and the next step. */
function problemOf(error: unknown): unknown {
  return error instanceof Error && error.name === 'BundleError' ? new Problem(error.message) : error;
}

function size(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.ceil(bytes / 1_024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}

function next({ FunctionName, FunctionArn, State }: Configuration): string {
  return `${FunctionArn} is ${(State ?? 'active').toLowerCase()}. Invoke it: npx lambdock invoke ${FunctionName} -p '{}'\n`;
}
