import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { LiveTail, type LiveTailQuery } from '../../../src/control-plane/cloudwatch-logs/live-tail';
import { Journal } from '../../../src/telemetry/journal';
import { TestClock } from '../../support/fakes/test-clock';

interface Message {
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
}

const log = (functionName: string) => ({ functionName, createdMs: 0, bytes: 0 });

function begin(query: Partial<LiveTailQuery> = {}) {
  const [clock, journal] = [new TestClock(), new Journal()];
  const output = Object.assign(new PassThrough(), { writeHead: jest.fn() });
  const tail = new LiveTail({
    groups: [{ identifier: '/shared', group: { name: '/shared', logs: [log('left')], createdMs: 0 } }],
    logStreamNames: [],
    logStreamNamePrefixes: [],
    logEventFilterPattern: '',
    matches: () => true,
    ...query,
  });
  tail.begin(output as unknown as ServerResponse, journal, clock);
  const write = (text: string, { functionName = 'left', logStream = 'one', events = 1 } = {}) =>
    journal.write({
      functionName,
      functionVersion: '$LATEST',
      logStream,
      timeMs: clock.now(),
      text,
      events,
    });
  return { clock, output, write };
}

/** All messages that have been written. */
function messages(output: PassThrough): readonly Message[] {
  const bytes = (output.read() as Buffer | null) ?? Buffer.alloc(0);
  const found: Message[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
    const message = bytes.subarray(at, at + bytes.readUInt32BE(at));
    const headersEnd = 12 + message.readUInt32BE(4);
    const [, type = ''] =
      /:(?:event|exception)-type[^\w:-]{1,3}([\w-]+)/.exec(message.toString('latin1', 12, headersEnd)) ?? [];
    found.push({ type, content: JSON.parse(message.toString('utf8', headersEnd, message.length - 4)) });
  }
  return found;
}

/** Messages of the events in the next update. */
function update(output: PassThrough) {
  const [{ content } = { content: {} }] = messages(output);
  const { sessionResults = [], sessionMetadata } = content as {
    readonly sessionResults?: readonly { readonly message: string }[];
    readonly sessionMetadata?: unknown;
  };
  return { texts: sessionResults.map(({ message }) => message), sessionMetadata };
}

test('a session begins with the initial response, then says what it shows', () => {
  const { output } = begin({ logEventFilterPattern: 'ERROR' });
  expect(messages(output)).toEqual([
    { type: 'initial-response', content: {} },
    {
      type: 'sessionStart',
      content: {
        requestId: expect.any(String),
        sessionId: expect.any(String),
        logGroupIdentifiers: ['/shared'],
        logStreamNames: [],
        logStreamNamePrefixes: [],
        logEventFilterPattern: 'ERROR',
      },
    },
  ]);
});

test('each second brings an update with the events of the groups, also an empty one', () => {
  const { output, clock, write } = begin();
  messages(output);
  write('first');
  write('of another group', { functionName: 'other' });
  const ms = clock.now();
  clock.advance(1_000);
  expect(messages(output)).toEqual([
    {
      type: 'sessionUpdate',
      content: {
        sessionMetadata: { sampled: false },
        sessionResults: [
          {
            logStreamName: 'one',
            logGroupIdentifier: '/shared',
            message: 'first',
            timestamp: ms,
            ingestionTime: ms,
          },
        ],
      },
    },
  ]);
  clock.advance(1_000);
  expect(update(output)).toEqual({ texts: [], sessionMetadata: { sampled: false } });
});

test.each([
  [{ logStreamNames: ['two'] }, ['b']],
  [{ logStreamNamePrefixes: ['o'] }, ['a']],
  [{ matches: (text: string) => text === 'b' }, ['b']],
])('shows the events that %j asks for', (query, texts) => {
  const { output, clock, write } = begin(query);
  messages(output);
  write('a', { logStream: 'one' });
  write('b', { logStream: 'two' });
  clock.advance(1_000);
  expect(update(output).texts).toEqual(texts);
});

test('an update of more than 500 events has the first ones and is marked as sampled', () => {
  const { output, clock, write } = begin();
  messages(output);
  write(Array.from({ length: 600 }, (_, at) => `line ${at}`).join('\n'), { events: 600 });
  clock.advance(1_000);
  const { texts, sessionMetadata } = update(output);
  expect([texts.length, texts.at(-1), sessionMetadata]).toEqual([500, 'line 499', { sampled: true }]);
  clock.advance(1_000);
  expect(update(output).sessionMetadata).toEqual({ sampled: false });
});

test('ends after three hours with SessionTimeoutException', () => {
  const { output, clock } = begin();
  clock.advance(3 * 60 * 60 * 1_000);
  expect(output.writableEnded).toBe(true);
  expect(messages(output).at(-1)?.type).toBe('SessionTimeoutException');
});

test('sends no more updates once the reader is gone', async () => {
  const { output, clock } = begin();
  const closed = new Promise((resolve) => output.once('close', resolve));
  output.destroy();
  await closed;
  expect(clock.alarms).toEqual([]);
});
