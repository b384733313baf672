import { execFile } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { sharedFolder } from '../app/running-app';

const run = promisify(execFile);

const sources = join(__dirname, '../../fixtures/clients');

/** Compilers keep what they made in here, so that a later run compiles nothing. */
const built = () => join(sharedFolder(), 'clients');

/** Path of a folder in `fixtures/clients`. */
export const clientsFolder = (name: string) => join(sources, name);

/** Programs of `fixtures/clients/rust`, and the Web Adapter of its own crate. */
export async function compileRust(): Promise<(name: string) => string> {
  const target = join(built(), 'rust');
  const words = ['build', '--quiet', '--locked', '--bins', '-p', 'clients', '-p', 'lambda_web_adapter'];
  await compile('cargo', words, 'rust', { CARGO_TARGET_DIR: target });
  return (name) => join(target, 'debug', name);
}

/** Programs of `fixtures/clients/go`. */
export async function compileGo(): Promise<(name: string) => string> {
  const output = join(built(), 'go');
  await mkdir(output, { recursive: true });
  const words = ['build', '-trimpath', '-ldflags=-s -w', '-o', `${output}/`, './...'];
  await compile('go', words, 'go', { CGO_ENABLED: '0', GOCACHE: join(built(), 'go-cache') });
  return (name) => join(output, name);
}

/** The Web Adapter's layer: the extension, and the wrapper that comes with its crate. */
export async function webAdapterLayer(folder: string): Promise<string> {
  const program = await compileRust();
  const { stdout } = await run('cargo', ['metadata', '--format-version', '1', '--locked', '--offline'], {
    cwd: clientsFolder('rust'),
    maxBuffer: 64 * 1024 * 1024,
  });
  const { packages } = JSON.parse(stdout) as {
    readonly packages: readonly { readonly name: string; readonly manifest_path: string }[];
  };
  const crate = packages.find(({ name }) => name === 'lambda_web_adapter')?.manifest_path ?? '';
  await place(program('lambda-adapter'), join(folder, 'extensions/lambda-adapter'));
  await place(join(dirname(crate), 'layer/bootstrap'), join(folder, 'bootstrap'));
  return folder;
}

/** Copies a program to where a function or a layer has it. */
export async function place(program: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await copyFile(program, path);
}

async function compile(
  compiler: string,
  words: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  await run(compiler, [...words], {
    cwd: clientsFolder(folder),
    env: { ...process.env, ...environment },
    maxBuffer: 64 * 1024 * 1024,
  });
}
