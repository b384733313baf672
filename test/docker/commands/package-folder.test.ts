import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFolder } from '../../../src/cli/host/package-folder';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(120_000);

const count = (text: string, pattern: RegExp) => [...text.matchAll(new RegExp(pattern, 'g'))].length;

/** Waits until the file has so many of these. */
async function until(file: string, pattern: RegExp, times: number): Promise<string> {
  for (;;) {
    const text = await readFile(file, 'utf8');
    if (count(text, pattern) >= times) return text;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve));
}

test.each(['.lambdock', 'data'])(
  'output redirected into the code folder, and data in %s, are not changes of the code',
  async (data) => {
    await using folder = await TemporaryFolder.make();
    const log = join(folder.path, 'lambdock.log');
    await writeFile(join(folder.path, 'app.py'), 'import os\ndef handler(*_): return sorted(os.listdir())\n');
    await writeFile(
      join(folder.path, 'lambdock.yaml'),
      'functions:\n  hello: { runtime: python3.13, handler: app.handler, code: . }\n',
    );
    const output = await open(log, 'w');
    const args = ['start', '--port', '0', '--data', data, '--instance', `own-output-${process.pid}`];
    const child = spawn(process.execPath, [join(packageFolder, 'dist/main.js'), ...args], {
      cwd: folder.path,
      stdio: ['ignore', output.fd, output.fd],
    });
    const end = ended(child);
    try {
      const text = await until(log, /hello is ready|hello: .+ → ready/, 1);
      const [, address = ''] = /listening at (\S+)/.exec(text) ?? [];
      const invoke = async () =>
        (await fetch(`${address}/2015-03-31/functions/hello/invocations`, { method: 'POST' })).json();
      expect(await invoke()).toEqual(['app.py', 'lambdock.yaml']);
      // Each of these is a change; what is printed about the first comes before the second.
      await writeFile(join(folder.path, 'one.txt'), 'x');
      await until(log, /hello is ready|hello: .+ → ready/, 2);
      await writeFile(join(folder.path, 'two.txt'), 'x');
      await until(log, /hello is ready|hello: .+ → ready/, 3);
      expect(await invoke()).toEqual(['app.py', 'lambdock.yaml', 'one.txt', 'two.txt']);
      expect(count(await readFile(log, 'utf8'), /hello is ready|hello: .+ → ready/)).toBe(3);
    } finally {
      child.kill('SIGTERM');
      expect(await end).toBe(0);
      await output.close();
    }
  },
);
