import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { batchesOf, LogDelivery } from '../../../src/hosting/outbound/log-delivery';
import { systemClock } from '../../../src/lib/clock';
import { type ArchivedEvent, LogArchive } from '../../../src/telemetry/log-archive';
import { LogFiles } from '../../../src/telemetry/log-files';
import type { LogBatch } from '../../../src/telemetry/log-line';
import { TestClock } from '../../support/fakes/test-clock';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

interface Put {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly logEvents: readonly { readonly timestamp: number; readonly message: string }[];
}

/** Answers as CloudWatch Logs, or refuses. */
class Cloud implements AsyncDisposable {
  readonly calls: string[] = [];
  readonly puts: Put[] = [];
  /** What it answers instead, until it is undefined. */
  refusal: { readonly status: number; readonly code: string } | undefined;
  readonly #existing = new Set<string>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const operation = String(request.headers['x-amz-target']).replace('Logs_20140328.', '');
      const input = (await json(request)) as Put;
      const refusal = this.refusal ?? this.#refusalOf(operation, input);
      this.calls.push(refusal ? `${operation} ${refusal.code}` : operation);
      if (refusal === undefined && operation === 'PutLogEvents') this.puts.push(input);
      response.writeHead(refusal?.status ?? 200);
      response.end(refusal ? JSON.stringify({ __type: refusal.code, message: 'refused' }) : '{}');
      this.#server.emit('answered');
    }).listen(0, '127.0.0.1');
  }

  static async open(): Promise<Cloud> {
    const cloud = new Cloud();
    await once(cloud.#server, 'listening');
    return cloud;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get messages(): readonly string[] {
    return this.puts.flatMap(({ logEvents }) => logEvents.map(({ message }) => message));
  }

  forget(): void {
    this.#existing.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  #refusalOf(operation: string, { logGroupName, logStreamName }: Put) {
    const key = operation === 'CreateLogGroup' ? logGroupName : `${logGroupName} ${logStreamName}`;
    const isThere = this.#existing.has(key);
    if (operation === 'PutLogEvents')
      return isThere ? undefined : { status: 400, code: 'ResourceNotFoundException' };
    this.#existing.add(key);
    return isThere ? { status: 400, code: 'ResourceAlreadyExistsException' } : undefined;
  }
}

const line = {
  timeMs: 0,
  functionName: 'hello',
  functionVersion: '$LATEST',
  logStream: 'stream',
  text: 'said',
};

/** A data folder with its log, and a delivery from it. */
class Delivered implements AsyncDisposable {
  readonly clock = new TestClock();
  readonly said: string[] = [];
  readonly files: LogFiles;
  readonly delivery: LogDelivery;

  constructor(
    readonly folder: string,
    cloud: Cloud,
    maxBytes = 1_048_576,
  ) {
    const fail = (error: Error) => {
      throw error;
    };
    this.files = new LogFiles(folder, { clock: systemClock, maxBytes, files: 2, fail });
    this.delivery = new LogDelivery({
      archive: new LogArchive(folder, () => this.files.written()),
      endpoint: {
        address: cloud.address,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        nowMs: () => this.clock.now(),
      },
      region: 'us-east-1',
      groupOf: (name) => `/aws/lambda/${name}`,
      stateFile: join(folder, 'delivered.json'),
      clock: this.clock,
      say: (sentence) => void this.said.push(sentence),
      fail,
    });
  }

  write(batch: Partial<LogBatch> = {}): void {
    const whole = { ...line, ...batch };
    this.files.write(whole);
    this.delivery.written(whole);
  }

  /** Lets the waits pass until the endpoint has had so many requests. */
  async until(reached: () => boolean): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!reached()) {
      if (Date.now() > deadline) throw new Error(`still waiting; said: ${this.said.join('; ')}`);
      this.clock.advance(250);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.delivery.close();
    let isClosed = false;
    void closed.then(() => {
      isClosed = true;
    });
    await this.until(() => isClosed);
    await this.files.close();
  }
}

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
});

afterEach(() => folder[Symbol.asyncDispose]());

test('creates group and stream once, and delivers lines with their own times', async () => {
  await using cloud = await Cloud.open();
  await using delivered = new Delivered(folder.path, cloud);
  await delivered.delivery.begin();
  delivered.write({ timeMs: 5, text: 'one' });
  delivered.write({ timeMs: 6, text: 'two\nlines', events: 1 });
  delivered.write({ functionName: 'lambdock', text: 'its own' });
  await delivered.until(() => cloud.messages.includes('two\nlines'));
  delivered.write({ timeMs: 7, text: 'three' });
  await delivered.until(() => cloud.messages.includes('three'));
  expect(cloud.calls).toEqual(['CreateLogGroup', 'CreateLogStream', 'PutLogEvents', 'PutLogEvents']);
  expect(cloud.puts[0]).toEqual({
    logGroupName: '/aws/lambda/hello',
    logStreamName: 'stream',
    logEvents: [
      { timestamp: 5, message: 'one' },
      { timestamp: 6, message: 'two\nlines' },
    ],
  });
});

test('keeps lines in their files while the endpoint refuses, says so once, and delivers them afterwards', async () => {
  await using cloud = await Cloud.open();
  await using delivered = new Delivered(folder.path, cloud);
  await delivered.delivery.begin();
  cloud.refusal = { status: 503, code: 'ServiceUnavailableException' };
  delivered.write({ text: 'one' });
  await delivered.until(() => cloud.calls.length >= 3);
  delivered.write({ text: 'two' });
  await delivered.until(() => cloud.calls.length >= 4);
  cloud.refusal = undefined;
  await delivered.until(() => cloud.messages.includes('two') && delivered.said.length === 2);
  expect(cloud.messages).toEqual(['one', 'two']);
  expect(delivered.said).toEqual([
    expect.stringMatching(/^Cannot deliver log lines: logs answered 503: .*lambdock tries again/),
    `Log lines are delivered to ${cloud.address} again.`,
  ]);
});

test('resumes undelivered lines after a restart, and skips lines from before the first start', async () => {
  await using cloud = await Cloud.open();
  {
    const files = new LogFiles(folder.path, {
      clock: systemClock,
      maxBytes: 1_048_576,
      files: 2,
      fail: () => undefined,
    });
    files.write({ ...line, text: 'from before' });
    await files.close();
  }
  {
    await using first = new Delivered(folder.path, cloud);
    await first.delivery.begin();
    first.write({ text: 'one' });
    await first.until(() => cloud.messages.includes('one'));
    cloud.refusal = { status: 500, code: 'InternalFailure' };
    first.write({ text: 'two' });
    await first.until(() => first.said.length > 0);
  }
  cloud.refusal = undefined;
  await using second = new Delivered(folder.path, cloud);
  await second.delivery.begin();
  await second.until(() => cloud.messages.includes('two'));
  expect(cloud.messages).toEqual(['one', 'two']);
});

test('creates group and stream again where they were deleted', async () => {
  await using cloud = await Cloud.open();
  await using delivered = new Delivered(folder.path, cloud);
  await delivered.delivery.begin();
  delivered.write({ text: 'one' });
  await delivered.until(() => cloud.messages.includes('one'));
  cloud.forget();
  delivered.write({ text: 'two' });
  await delivered.until(() => cloud.messages.includes('two'));
  expect(cloud.calls.filter((call) => call === 'CreateLogGroup')).toHaveLength(2);
});

test('leaves out a batch that the endpoint does not take, and delivers what follows', async () => {
  await using cloud = await Cloud.open();
  await using delivered = new Delivered(folder.path, cloud);
  await delivered.delivery.begin();
  delivered.write({ text: 'one' });
  await delivered.until(() => cloud.messages.includes('one'));
  cloud.refusal = { status: 400, code: 'InvalidParameterException' };
  delivered.write({ text: 'bad' });
  await delivered.until(() => delivered.said.length > 0);
  cloud.refusal = undefined;
  delivered.write({ text: 'two' });
  await delivered.until(() => cloud.messages.includes('two'));
  expect(cloud.messages).toEqual(['one', 'two']);
  expect(delivered.said).toEqual([expect.stringContaining('were not delivered')]);
});

test('says which lines were lost because their file was rotated away', async () => {
  await using cloud = await Cloud.open();
  await using delivered = new Delivered(folder.path, cloud, 200);
  await delivered.delivery.begin();
  delivered.write({ text: 'one' });
  await delivered.until(() => cloud.messages.includes('one'));
  cloud.refusal = { status: 503, code: 'ServiceUnavailableException' };
  for (let at = 0; at < 5; at += 1) {
    delivered.write({ text: `${at}`.padEnd(150) });
    await delivered.files.written();
  }
  await delivered.until(() => delivered.said.length > 0);
  cloud.refusal = undefined;
  await delivered.until(() => cloud.messages.some((message) => message.startsWith('4')));
  expect(delivered.said).toContain(
    'Log lines of hello were not delivered: their file was rotated away before.',
  );
});

test('ignores a damaged record of positions', async () => {
  await writeFile(join(folder.path, 'delivered.json'), '{"hello":');
  await using cloud = await Cloud.open();
  {
    await using delivered = new Delivered(folder.path, cloud);
    await delivered.delivery.begin();
    delivered.write({ text: 'one' });
    await delivered.until(() => cloud.messages.includes('one'));
  }
  expect(JSON.parse(await readFile(join(folder.path, 'delivered.json'), 'utf8'))).toHaveProperty(
    'hello.file',
  );
  expect(await readdir(folder.path)).not.toContain('delivered.json.next');
});

test('a batch has one stream, in the order of time, within the limits of a request', () => {
  const event = (timeMs: number, text: string, logStream = 'a'): ArchivedEvent => ({
    timeMs,
    text,
    logStream,
    id: '',
    position: { file: '', offset: 0, head: 0 },
  });
  const sizes = (events: readonly ArchivedEvent[]) =>
    batchesOf(events).map(({ logStream, events: all }) => [logStream, all.map(({ timeMs }) => timeMs)]);
  expect(sizes([event(2, 'x'), event(1, 'y', 'b'), event(1, 'z'), event(3, '')])).toEqual([
    ['a', [1, 2]],
    ['b', [1]],
  ]);
  expect(sizes([event(0, 'x'), event(86_400_000, 'y')])).toEqual([
    ['a', [0]],
    ['a', [86_400_000]],
  ]);
  const large = Array.from({ length: 5 }, (_, at) => event(at, 'x'.repeat(262_144)));
  expect(batchesOf(large).map(({ events }) => events.length)).toEqual([3, 2]);
  const many = Array.from({ length: 10_001 }, (_, at) => event(at, 'x'));
  expect(batchesOf(many).map(({ events }) => events.length)).toEqual([10_000, 1]);
});
