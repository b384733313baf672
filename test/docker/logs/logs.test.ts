import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningCommand } from '../../support/app/command';
import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';

jest.setTimeout(60_000);

let app: RunningApp;

beforeAll(async () => {
  const shared = { runtime: 'python3.13', handler: 'acts.handler', memorySize: 1_769, timeout: 20 };
  app = await RunningApp.start({
    settings: { spares: 0 },
    functions: {
      python: { ...shared, code: functionsFolder('python') },
      node: { ...shared, runtime: 'nodejs22.x', code: functionsFolder('node') },
    },
  });
});

afterAll(() => app?.[Symbol.asyncDispose]());

const eventsOf = async (name: string, id: string) =>
  (await app.log(name)).filter(({ requestId }) => requestId === id).map(({ text }) => text);

test('each record and each printed line is one event, whatever its stream and process', async () => {
  const { requestId } = await app.invoke('python', { act: 'speak' }, { tail: true });
  const events = await eventsOf('python', requestId);
  expect([events[0], events.at(-2)]).toEqual([
    `START RequestId: ${requestId} Version: $LATEST`,
    `END RequestId: ${requestId}`,
  ]);
  // Two pipes have no order between them; each has its own.
  const said = events.slice(1, -2);
  expect(said.filter((text) => !text.startsWith('[WARNING]') && text !== 'to the other stream')).toEqual([
    'a print',
    'of two lines',
    'from a child',
    'without an end',
  ]);
  expect(said).toContain('to the other stream');
  const [record] = said.filter((text) => text.startsWith('[WARNING]'));
  expect(record).toMatch(
    new RegExp(`^\\[WARNING\\]\\t\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\t${requestId}\\ta record\nof two lines$`),
  );
});

test("Node's console frames its records, and marks them with time, request and level", async () => {
  const { requestId } = await app.invoke(
    'node',
    { act: 'say', text: 'a record\nof two lines' },
    { tail: true },
  );
  const said = (await eventsOf('node', requestId)).slice(1, -2);
  const marks = `^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\t${requestId}\\t`;
  expect(said).toHaveLength(3);
  expect(said).toEqual(
    expect.arrayContaining([
      expect.stringMatching(new RegExp(`${marks}INFO\\ta record\nof two lines$`)),
      expect.stringMatching(new RegExp(`${marks}ERROR\\tto the other stream$`)),
      'raw',
    ]),
  );
});

test('the console reports how much of a flood it leaves out, and the file has all of it', async () => {
  const lines = 20_000;
  const { requestId } = await app.invoke('python', { act: 'flood', lines }, { tail: true });
  await app.prints(new RegExp(`REPORT RequestId: ${requestId}`));
  const numbers = (pattern: RegExp) => [...app.output.matchAll(pattern)].map(([, number]) => Number(number));
  const shown = numbers(/^python \| line (\d+) x{80}$/gm);
  expect(shown).toEqual([...new Set(shown)].sort((one, other) => one - other));
  const leftOut = numbers(/^python \| … (\d+) lines left out; all are in .*python\.log$/gm);
  expect(leftOut.reduce((sum, count) => sum + count, 0)).toBe(lines - shown.length);
  expect(leftOut).not.toEqual([]);

  const path = join(app.folder, 'data', 'logs', 'python.log');
  let written = '';
  // The file is behind by what the disk needs, and never asks a request to wait for it.
  while (!written.includes(`REPORT RequestId: ${requestId}`)) written = await readFile(path, 'utf8');
  const rows = written.split('\n').filter((row) => / line \d+ x{80}$/.test(row));
  expect(rows).toHaveLength(lines);
  expect(rows[0]).toMatch(
    new RegExp(
      `^\\d{4}-\\d\\d-\\d\\dT\\S+Z \\d{4}/\\d\\d/\\d\\d/\\[\\$LATEST\\][0-9a-f]{32} ${requestId} line 0 `,
    ),
  );
});

test('`logs -f` shows them as they come', async () => {
  const following = new RunningCommand(['logs', 'python', '-f', '--endpoint', app.address]);
  const before = await app.invoke('python', { act: 'say', text: 'before' });
  await following.prints(new RegExp(`END RequestId: ${before.requestId}`));
  const { requestId } = await app.invoke('python', { act: 'say', text: 'live' });
  await following.prints(/live/);
  await following.prints(new RegExp(`REPORT RequestId: ${requestId}`));
  following.signal('SIGINT');
  await following.ended;
});

test('lines of environments that run at the same time keep the ids of their requests', async () => {
  const ids = await Promise.all(
    [1, 2, 3].map(
      async () => (await app.invoke('python', { act: 'flood', lines: 50 }, { tail: true })).requestId,
    ),
  );
  for (const id of ids) {
    const events = await eventsOf('python', id);
    expect(events.filter((text) => text.startsWith('line '))).toHaveLength(50);
  }
});
