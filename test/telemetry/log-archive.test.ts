import { appendFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/lib/clock';
import { type ArchivedEvent, LogArchive, type LogPosition } from '../../src/telemetry/log-archive';
import { LogFiles } from '../../src/telemetry/log-files';
import type { LogBatch } from '../../src/telemetry/log-line';
import { TemporaryFolder } from '../support/lib/temporary-folder';

const requestId = '11111111-2222-4333-8444-555555555555';
const line = {
  timeMs: 0,
  functionName: 'hello',
  functionVersion: '$LATEST',
  logStream: 'stream',
  text: 'said',
};

/** Files, and what reads them. */
async function opened(folder: string, maxBytes = 20 * 1_048_576) {
  const fail = (error: Error) => {
    throw error;
  };
  const files = new LogFiles(folder, { clock: systemClock, maxBytes, files: 100, fail });
  const archive = new LogArchive(folder, () => files.written());
  const read = async (after?: LogPosition, sinceMs?: number): Promise<ArchivedEvent[]> => {
    const events: ArchivedEvent[] = [];
    for await (const some of archive.events('hello', { after, sinceMs })) events.push(...some);
    return events;
  };
  const write = (batch: Partial<LogBatch>) => files.write({ ...line, ...batch });
  return { files, archive, read, write };
}

const texts = (events: readonly ArchivedEvent[]) => events.map(({ text }) => text);

test('reads back what was written, with and without requests, records of several lines and many lines at once', async () => {
  await using folder = await TemporaryFolder.make();
  const { files, read, write } = await opened(folder.path);
  const flood = Array.from({ length: 100 }, (_, number) => `line ${number}`);
  write({ timeMs: 1, text: 'without a request' });
  write({ timeMs: 2, requestId, text: 'a record\nof two lines' });
  write({ timeMs: 3, requestId, text: 'one\ntwo', events: 2 });
  write({ timeMs: 4, logStream: 'other', requestId, text: flood.join('\n'), events: flood.length });
  write({ timeMs: 5, text: '' });
  const events = await read();
  expect(texts(events)).toEqual(['without a request', 'a record\nof two lines', 'one', 'two', ...flood, '']);
  expect(events.map(({ timeMs }) => timeMs).slice(0, 5)).toEqual([1, 2, 3, 3, 4]);
  expect(new Set(events.slice(4, 104).map(({ logStream }) => logStream))).toEqual(new Set(['other']));
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  await files.close();
});

test('goes on behind any event, also within lines that came at once and over files that were set aside', async () => {
  await using folder = await TemporaryFolder.make();
  const { files, read, write } = await opened(folder.path, 2_000);
  for (let at = 0; at < 10; at += 1) {
    const flood = Array.from({ length: 70 }, (_, number) => `${at} ${number}`);
    write({ timeMs: at, requestId, text: flood.join('\n'), events: flood.length });
    await files.written();
  }
  const all = await read();
  expect(all).toHaveLength(700);
  expect((await readdir(folder.path)).length).toBeGreaterThan(2);
  for (const at of [0, 1, 69, 70, 333, 698]) {
    expect(texts(await read(all[at]?.position))).toEqual(texts(all.slice(at + 1)));
  }
  const middle = all[333]?.position;
  write({ text: 'x'.repeat(1_900) });
  write({ text: 'newest' });
  expect(texts(await read(middle)).at(-1)).toBe('newest');
  expect(await read(middle)).toHaveLength(700 - 334 + 2);
  await files.close();
});

test('begins with the oldest that is left where the file of a position was removed', async () => {
  await using folder = await TemporaryFolder.make();
  const { files, read, write } = await opened(folder.path, 100);
  for (const text of ['one', 'two', 'three']) {
    write({ text: text.padEnd(80) });
    await files.written();
  }
  const [first] = await read();
  await rm(join(folder.path, 'hello.log.2'));
  expect(texts(await read(first?.position)).map((text) => text.trim())).toEqual(['two', 'three']);
  await files.close();
});

test('leaves out a line that is still being written, and lines that are none of an event', async () => {
  await using folder = await TemporaryFolder.make();
  const { files, read, write } = await opened(folder.path);
  write({});
  await files.written();
  await appendFile(
    join(folder.path, 'hello.log'),
    '\n3 lines could not be written here.\n1970-01-01T00:00:00.000Z str',
  );
  expect(texts(await read())).toEqual(['said']);
  await files.close();
});

test('lists the logs of functions, and not its own', async () => {
  await using folder = await TemporaryFolder.make();
  const { files, archive, write } = await opened(folder.path);
  write({});
  write({ functionName: 'another' });
  write({ functionName: 'lambdock' });
  expect(await archive.logs()).toEqual([
    { functionName: 'another', bytes: expect.any(Number), createdMs: expect.any(Number) },
    { functionName: 'hello', bytes: 37, createdMs: expect.any(Number) },
  ]);
  const none: unknown[] = [];
  for await (const some of archive.events('unknown')) none.push(...some);
  expect(none).toEqual([]);
  await files.close();
});
