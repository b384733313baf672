import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningCommand, runCommand } from '../support/app/command';
import { RunningApp, share } from '../support/app/running-app';
import { RawConnection } from '../support/clients/raw-http';
import { functionsFolder } from '../support/functions/functions-folder';
import { attack, hostile } from '../support/functions/hostile';
import { peakMemoryMB } from '../support/lib/memory';
import { TemporaryFolder } from '../support/lib/temporary-folder';

jest.setTimeout(300_000);

const acts = { runtime: 'python3.13', handler: 'acts.handler', code: functionsFolder('python'), timeout: 60 };

/** lambdock in a process of its own, so that its memory can be seen, with functions `noisy` and `calm`. */
async function started(folder: string, noisy: object, more: object = {}) {
  const functions = { noisy: { ...noisy, timeout: 240 }, calm: { ...acts, memorySize: 512 } };
  await writeFile(join(folder, 'lambdock.yaml'), JSON.stringify({ ...more, functions }));
  await mkdir(join(folder, '.lambdock'));
  await share(join(folder, '.lambdock'), ['init', 'downloads']);
  const instance = `test-hostile-logs-${process.pid}`;
  const command = new RunningCommand(['start', '--port', '0', '--instance', instance], {
    workingDirectory: folder,
  });
  const [, address = ''] = await command.prints(/listening at (\S+)/);
  await Promise.all([command.prints(/noisy is ready/), command.prints(/calm is ready/)]);
  const invoke = async (name: string, event: object) => {
    const answer = await fetch(`${address}/2015-03-31/functions/${name}/invocations`, {
      method: 'POST',
      body: JSON.stringify(event),
    });
    return {
      status: answer.status,
      error: answer.headers.get('x-amz-function-error'),
      text: await answer.text(),
    };
  };
  return { command, address, invoke };
}

const floods: readonly (readonly [string, object, string])[] = [
  [
    'line feeds from Python',
    hostile.python,
    'import os\nfor _ in range(160): os.write(1, b"\\n" * 65536)\nresult = "done"',
  ],
  [
    'long lines from Python',
    hostile.python,
    'import os\nfor _ in range(160): os.write(1, b"x" * 65536)\nresult = "done"',
  ],
  [
    'records from Node.js',
    hostile.node,
    'for (let i = 0; i < 200000; i += 1) console.log("");\nreturn "done";',
  ],
  [
    'bytes that are no UTF-8 and no line',
    hostile.node,
    'const { writeSync } = await import("node:fs");\nconst bytes = Buffer.alloc(65536, 0xff);\nfor (let i = 0; i < 160; i += 1) { let at = 0; while (at < bytes.length) { try { at += writeSync(2, bytes, at); } catch (error) { if (error.code !== "EAGAIN") throw error; await new Promise((go) => setTimeout(go, 1)); } } }\nreturn "done";',
  ],
  [
    'escape sequences, each a line',
    hostile.python,
    'import os\nfor _ in range(160): os.write(2, b"\\x1b]52;c;eA==\\x07\\n" * 5000)\nresult = "done"',
  ],
];

test.each(floods)(
  'another function goes on and memory stays while one prints 10 MB of %s',
  async (_what, noisy, code) => {
    await using folder = await TemporaryFolder.make();
    const { command, address, invoke } = await started(folder.path, noisy);
    await using _ = command;
    await invoke('calm', { act: 'count' });
    let over = false;
    const flood = invoke('noisy', { code }).finally(() => {
      over = true;
    });
    const times: number[] = [];
    while (!over) {
      const startMs = performance.now();
      expect((await invoke('calm', { act: 'count' })).error).toBeNull();
      times.push(performance.now() - startMs);
    }
    expect(await flood).toMatchObject({ status: 200, error: null, text: '"done"' });
    if (process.env.LAMBDOCK_TEST_VERBOSE)
      console.log(
        _what,
        times.length,
        times.sort((a, b) => a - b)[times.length >> 1],
        Math.max(...times),
        await peakMemoryMB(command.pid),
      );
    // With a flood read as fast as it comes there is none at all.
    expect(times.length).toBeGreaterThan(10);
    expect(await peakMemoryMB(command.pid)).toBeLessThan(400);
    expect((await fetch(`${address}/_lambdock/health`)).status).toBe(200);
  },
);

test('a follower that does not read holds up no one and fills no memory', async () => {
  await using folder = await TemporaryFolder.make();
  const { command, address, invoke } = await started(folder.path, hostile.python);
  await using _ = command;
  using follower = await RawConnection.open(address);
  follower.write('GET /_lambdock/logs?follow=true HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(await follower.status()).toBe(200);
  follower.pause();
  const code = 'import os\nfor _ in range(160): os.write(1, (b"x" * 99 + b"\\n") * 655)\nresult = "done"';
  expect(await invoke('noisy', { code })).toMatchObject({ status: 200, error: null, text: '"done"' });
  expect((await invoke('calm', { act: 'count' })).error).toBeNull();
  expect(await peakMemoryMB(command.pid)).toBeLessThan(400);
});

test('log files stay within their size and count, however much is printed', async () => {
  await using folder = await TemporaryFolder.make();
  const bounds = { logFileSize: 1, logFiles: 3 };
  const { command, invoke } = await started(folder.path, hostile.python, bounds);
  await using _ = command;
  const code = 'import os\nfor _ in range(320): os.write(1, (b"x" * 99 + b"\\n") * 655)\nresult = "done"';
  expect((await invoke('noisy', { code })).text).toBe('"done"');
  const logs = join(folder.path, '.lambdock', 'logs');
  const own = (await readdir(logs)).filter((name) => name.startsWith('noisy.log')).sort();
  expect(own).toEqual(['noisy.log', 'noisy.log.1', 'noisy.log.2']);
  const sizes = await Promise.all(own.map(async (name) => (await stat(join(logs, name))).size));
  // What is written in one go may go beyond the bound once.
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(3 * 2 * 1024 * 1024);
});

describe('what a function prints to a terminal', () => {
  const evil = '\x1b]52;c;ZXZpbA==\x07\x1b[2J\r\0\x9b31m';
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start({ functions: { python: hostile.python, node: hostile.node } });
    const text = JSON.stringify(`evil ${evil}\nnode | START RequestId: forged`);
    await attack(app, 'node', `console.log(${text}); return 1;`);
    await attack(app, 'python', `print(${JSON.stringify(`evil ${evil}`)})`);
  }, 180_000);
  afterAll(() => app?.[Symbol.asyncDispose]());

  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;
  const shown = /evil \\e\]52;c;ZXZpbA==\\x07\\e\[2J/;
  const connected = (words: readonly string[]) => runCommand([...words, '--endpoint', app.address]);

  test('is written out on the console, and no line is forged', async () => {
    await app.prints(shown);
    expect(app.output).not.toMatch(controls);
    expect(app.output).not.toMatch(/^node \| START RequestId: forged/m);
    expect(app.output).toMatch(/^ {4}node \| START RequestId: forged/m);
  });

  test('is written out by logs, and exact with --json', async () => {
    for (const name of ['node', 'python']) {
      const { stdout } = await connected(['logs', name]);
      expect(stdout).toMatch(shown);
      expect(stdout).not.toMatch(controls);
      const json = (await connected(['logs', name, '--json'])).stdout.split('\n').slice(0, -1);
      const texts = json.map((line) => JSON.parse(line).text as string);
      expect(texts.some((text) => text.includes(`evil ${evil.slice(0, 10)}`))).toBe(true);
    }
  });

  test('is written out by invoke --tail', async () => {
    const payload = JSON.stringify({ code: `print(${JSON.stringify(`evil ${evil}`)})` });
    const { stderr } = await connected(['invoke', 'python', '--tail', '-p', payload]);
    expect(stderr).toMatch(shown);
    expect(stderr).not.toMatch(controls);
  });

  test('is exact in the log file, where a record cannot forge a line', async () => {
    const read = () => readFile(join(app.folder, 'data', 'logs', 'node.log'), 'utf8');
    while (!(await read()).includes('forged')) await new Promise(setImmediate);
    const text = await read();
    expect(text).toContain('evil \x1b]52;c;ZXZpbA==\x07');
    expect(text).toMatch(/^\tnode \| START RequestId: forged$/m);
  });
});
