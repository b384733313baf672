import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type CompileJob, compile, compilerOf } from '../../../src/functions/build/compiled';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(300_000);

const run = promisify(execFile);

async function folderOf(files: Readonly<Record<string, string>>): Promise<TemporaryFolder> {
  const folder = await TemporaryFolder.make();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), text);
  }
  return folder;
}

const targets: TemporaryFolder[] = [];

afterAll(() => Promise.all(targets.map((each) => each[Symbol.asyncDispose]())));

async function job(source: TemporaryFolder, more: Partial<CompileJob>): Promise<CompileJob> {
  const made = await TemporaryFolder.make();
  targets.push(made);
  const target = join(made.path, 'out');
  await mkdir(target);
  return {
    method: 'go',
    name: 'hello',
    source: source.path,
    target,
    architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
    handler: 'any',
    ...more,
  };
}

test.each([
  [['go.mod', 'main.go'], 'provided.al2023', 'go.mod'],
  [['main.go'], undefined, 'main.go'],
  [['Cargo.toml', 'src/main.rs'], 'provided.al2', 'Cargo.toml'],
  [['Cargo.toml', 'src/bin/one.rs'], undefined, 'Cargo.toml'],
  [['pom.xml'], 'java21', 'pom.xml'],
  [['Cargo.toml', 'src/lib.rs', 'app.py'], undefined, undefined],
  [['bootstrap', 'main.go'], 'provided.al2023', undefined],
  [['go.mod'], 'python3.13', undefined],
  [['pom.xml'], undefined, undefined],
])('of %j with the runtime %s, the compiler is found by %s', async (names, runtime, file) => {
  await using folder = await folderOf(Object.fromEntries(names.map((name) => [name, ''])));
  expect(compilerOf(folder.path, runtime)?.file).toBe(file);
});

const hello = 'fn main() { println!("built"); }';
const crate = '[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2021"\n';

test('a Rust program needs no library, and of several binaries the handler names one', async () => {
  await using folder = await folderOf({
    'Cargo.toml': crate,
    'src/main.rs': 'fn main() {}',
    'src/bin/other.rs': hello,
  });
  const wanted = await job(folder, { method: 'cargo', handler: 'other', cache: join(folder.path, 'cache') });
  await compile(wanted);
  const program = join(wanted.target, 'bootstrap');
  expect((await run(program)).stdout).toBe('built\n');
  const libraries = await run('ldd', [program]).catch((error: { stderr: string }) => error);
  expect(`${'stdout' in libraries ? libraries.stdout : ''}${libraries.stderr}`).toMatch(
    /statically linked|not a dynamic executable/,
  );
});

test.each([
  [
    { 'Cargo.toml': crate, 'src/bin/one.rs': hello, 'src/bin/two.rs': hello },
    'hello cannot be built with cargo: the package has the binaries one, two. Name one of them as the handler.',
  ],
  [
    { 'Cargo.toml': crate, 'src/lib.rs': '' },
    'hello cannot be built with cargo: Cargo.toml has no binary. Add src/main.rs.',
  ],
])('refuses a package of Rust whose binary cannot be chosen', async (files, message) => {
  await using folder = await folderOf(files);
  await expect(compile(await job(folder, { method: 'cargo' }))).rejects.toThrow(message);
});

test('a compiler that fails is heard', async () => {
  await using go = await folderOf({ 'main.go': 'package main\n\nfunc main() { nothing() }\n' });
  await expect(compile(await job(go, {}))).rejects.toThrow(
    /^hello cannot be built with go:[\s\S]*undefined: nothing/,
  );
  await using rust = await folderOf({ 'Cargo.toml': crate, 'src/main.rs': 'fn main() { nothing() }' });
  await expect(compile(await job(rust, { method: 'cargo' }))).rejects.toThrow(
    /^hello cannot be built with cargo:[\s\S]*cannot find function `nothing`/,
  );
});
