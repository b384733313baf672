import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tuning } from '../../../src/cli/tuning/outputs';
import { runCommand } from '../../support/app/command';
import { RunningApp } from '../../support/app/running-app';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(240_000);

/** What each function is bound by. */
const handlers = {
  cpu: 'def handler(event, context):\n    return sum(i * i for i in range(600_000))\n',
  io: 'import time\ndef handler(event, context):\n    time.sleep(0.2)\n',
  memory: 'def handler(event, context):\n    return len(bytearray(b"x") * 300_000_000)\n',
};

let app: RunningApp;
let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  for (const [name, text] of Object.entries(handlers)) {
    await mkdir(join(folder.path, name));
    await writeFile(join(folder.path, name, 'app.py'), text);
  }
  const functions = Object.keys(handlers).map((name) => [
    name,
    { runtime: 'python3.13', handler: 'app.handler', code: join(folder.path, name), timeout: 60 },
  ]);
  app = await RunningApp.start({ functions: Object.fromEntries(functions) });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

async function tuned(name: string, ...options: string[]): Promise<Tuning> {
  const { code, stdout, stderr } = await runCommand([
    'tune',
    name,
    '--json',
    '--endpoint',
    app.address,
    ...options,
  ]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Tuning;
}

test('a function bound by the processor is fastest with the most memory, at about the same cost', async () => {
  const svg = join(folder.path, 'cpu.svg');
  const { ranking, sizes } = await tuned(
    'cpu',
    '--memory',
    '128,1024',
    '--runs',
    '3',
    '--cold',
    '--svg',
    svg,
  );
  expect(ranking?.fastest).toBe(1_024);
  const [small, large] = sizes;
  expect(small?.warm?.durationMs).toBeGreaterThan(2 * (large?.warm?.durationMs ?? Number.POSITIVE_INFINITY));
  expect(small?.cold?.runs).toBe(3);
  expect(small?.cold?.initDurationMs).toBeGreaterThan(0);
  expect(await readFile(svg, 'utf8')).toMatch(/^<svg /);
});

test('a function that waits is cheapest with the least memory', async () => {
  const { ranking } = await tuned('io', '--memory', '128,512,1024', '--runs', '3');
  expect(ranking?.cheapest).toBe(128);
  expect(ranking?.balanced).toBe(128);
});

test('a function that needs memory does not run below that, and the least size at which it does is the cheapest', async () => {
  const { ranking, sizes } = await tuned('memory', '--memory', '128,512,3008', '--runs', '3');
  expect(sizes[0]).toEqual({ memorySize: 128, errors: 3 });
  expect(ranking?.cheapest).toBe(512);
});

test('what is deployed stays as it was', async () => {
  const { stdout } = await runCommand(['list', '--json', '--endpoint', app.address]);
  const functions = JSON.parse(stdout) as readonly { readonly memorySize: number }[];
  expect(functions.map(({ memorySize }) => memorySize)).toEqual([128, 128, 128]);
});
