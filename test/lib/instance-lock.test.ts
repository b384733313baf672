import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { InstanceLock } from '../../src/lib/instance-lock';
import { TemporaryFolder } from '../support/lib/temporary-folder';

let folder: TemporaryFolder;
let boots: string;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  boots = join(folder.path, 'boots');
});

afterEach(() => folder[Symbol.asyncDispose]());

const idsOf = (...presences: readonly InstanceLock[]) => new Set(presences.map(({ id }) => id));

test('each sees the others until they end, and leaves nothing', () => {
  const one = InstanceLock.declare(boots);
  expect(one.others()).toEqual(new Set());
  const [two, three] = [InstanceLock.declare(boots), InstanceLock.declare(boots)];
  expect(one.others()).toEqual(idsOf(two, three));
  expect(two.others()).toEqual(idsOf(one, three));
  expect(one.others()).toEqual(idsOf(two, three));
  two.end();
  expect(one.others()).toEqual(idsOf(three));
  one.end();
  three.end();
  expect(readdirSync(boots)).toEqual([]);
});

test('one in another process lives until that is killed; then its file goes', async () => {
  const script = `
    require(${JSON.stringify(join(__dirname, '../support/jest/typescript.cjs'))});
    const { InstanceLock } = require(${JSON.stringify(join(__dirname, '../../src/lib/instance-lock.ts'))});
    console.log(InstanceLock.declare(${JSON.stringify(boots)}).id);
    setInterval(() => {}, 60_000);
  `;
  const child = spawn(process.execPath, ['-e', script], {
    env: { ...process.env, TYPESCRIPT_CACHE: folder.path },
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: join(__dirname, '../..'),
  });
  try {
    const [id] = await once(createInterface(child.stdout), 'line');
    const own = InstanceLock.declare(boots);
    expect(own.others()).toEqual(new Set([id]));
    expect(own.others()).toEqual(new Set([id]));
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    expect(own.others()).toEqual(new Set());
    expect(readdirSync(boots)).toEqual([`${own.id}.lives`]);
    own.end();
  } finally {
    child.kill('SIGKILL');
  }
});

test('leaves other files alone', () => {
  const own = InstanceLock.declare(boots);
  writeFileSync(join(boots, 'README'), 'x');
  expect(own.others()).toEqual(new Set());
  own.end();
  expect(readdirSync(boots)).toEqual(['README']);
});
