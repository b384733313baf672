import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import type { ApiAnswer } from '../support/clients/runtime-api-client';
import { delivery, id, poll, post, RuntimeOnSocket, request } from '../support/init/runtime-on-socket';

const limit = 6_291_556;

/** Counts what node:http reads, of any server. */
let readByNode = 0;
const count = () => {
  readByNode += 1;
};
beforeAll(() => subscribe('http.server.request.start', count));
afterAll(() => {
  unsubscribe('http.server.request.start', count);
});
beforeEach(() => {
  readByNode = 0;
});

/** A connection whose every step is in the test's hand; its end is never done. */
function connected({ api }: RuntimeOnSocket) {
  let written = '';
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString('latin1');
      done();
    },
    final() {},
  });
  api.link.accept(socket);
  return { socket, written: () => written };
}

const turn = () => new Promise<void>((next) => setImmediate(next));

const heard = (runtime: RuntimeOnSocket) => runtime.api.heard.map(({ event }) => event);

test('polls and responses are read without node:http, with the stamp and the content type', async () => {
  await using runtime = await RuntimeOnSocket.open();
  for (const round of [1, 2, 3]) {
    runtime.write(poll(`Lambdock-Stamp: ${round} 2 3 4`));
    await runtime.api.hear(2 * round - 1);
    runtime.api.link.deliver(delivery);
    expect((await runtime.answer())?.body).toEqual(delivery.payload);
    runtime.write(post(`${id}/response`, `"${round}"`, 'Content-Type: application/json', 'Expect: '));
    expect((await runtime.answer())?.status).toBe(202);
    expect(runtime.api.heard.slice(-2)).toEqual([
      { event: 'parked', detail: `${round} 2 3 4` },
      {
        event: 'answered',
        detail: { kind: 'succeeded', payload: Buffer.from(`"${round}"`), contentType: 'application/json' },
      },
    ]);
  }
  expect(readByNode).toBe(0);
});

/** What makes a request unusual and means nothing. */
const needless = ['Accept: */*', 'Accept: */*'];

test('every answer is the same as when node:http has read the request, but for its date', async () => {
  const reported: unknown[] = [];
  for (const headers of [[], needless]) {
    await using runtime = await RuntimeOnSocket.open();
    const all: (ApiAnswer | undefined)[] = [];
    const ask = async (bytes: Buffer) => {
      runtime.write(bytes);
      all.push(await runtime.answer());
    };
    await ask(post(`${id}/response`, '1', ...headers));
    runtime.write(poll('Lambdock-Stamp: 1 2 3 4', ...headers));
    await runtime.api.hear(1);
    runtime.api.link.deliver({
      ...delivery,
      clientContext: '{"city":\r\n"Kraków \x7f"}',
      cognitoIdentity: '{"cognitoIdentityId":"x"}',
    });
    all.push(await runtime.answer());
    await ask(poll(...headers));
    await ask(post('other/response', '1', ...headers));
    await ask(post(`${id}/response`, '', ...headers));
    await ask(post(`${id}/response`, '2', ...headers));
    runtime.write(poll(...headers));
    await runtime.api.hear(3);
    runtime.socket.end();
    all.push(await runtime.answer());
    reported.push([
      all.map((each) => ({ ...each, headers: { ...each?.headers, Date: 'now' } })),
      runtime.api.heard,
    ]);
    expect(all.map((each) => each?.status)).toEqual([400, 200, 200, 400, 202, 403, undefined]);
    expect(all.slice(0, -1).map((each) => each?.headers.Date)).not.toContainEqual(
      expect.not.stringMatching(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/),
    );
  }
  expect(reported[0]).toEqual(reported[1]);
  expect(readByNode).toBe(7);
});

test('an event that would end a line of the head is not written, as with node:http', async () => {
  for (const headers of [[], needless]) {
    await using runtime = await RuntimeOnSocket.open();
    runtime.write(poll(...headers));
    await runtime.api.hear(1);
    expect(() => runtime.api.link.deliver({ ...delivery, traceId: 'Root=1\r\nX: y' })).toThrow(
      'Invalid character in header content ["Lambda-Runtime-Trace-Id"]',
    );
    runtime.socket.end();
    expect(await runtime.answer()).toBeUndefined();
  }
});

describe('in whatever pieces it comes', () => {
  const places = (bytes: Buffer) => Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);

  test('a poll', async () => {
    const bytes = poll('Lambdock-Stamp: 1 2 3 4', 'Accept: */*');
    for (const place of places(bytes)) {
      await using runtime = await RuntimeOnSocket.open();
      await runtime.writePieces(bytes.subarray(0, place), bytes.subarray(place));
      await runtime.api.hear(1);
      expect(runtime.api.heard).toEqual([{ event: 'parked', detail: '1 2 3 4' }]);
      runtime.api.link.deliver(delivery);
      expect((await runtime.answer())?.body).toEqual(delivery.payload);
    }
  });

  test('a response, and then the rest of a connection', async () => {
    const bytes = post(`${id}/response`, '{"b":2}', 'Content-Type: application/json');
    for (const place of places(bytes)) {
      await using runtime = await RuntimeOnSocket.running();
      await runtime.writePieces(bytes.subarray(0, place), bytes.subarray(place));
      expect((await runtime.answer())?.status).toBe(202);
      expect(runtime.api.heard[1]?.detail).toMatchObject({ payload: Buffer.from('{"b":2}') });
      runtime.write(poll());
      await runtime.api.hear(3);
      expect(heard(runtime)).toEqual(['parked', 'answered', 'parked']);
      // A body may come in any pieces, a head only as a whole.
      expect(readByNode > 0).toBe(place < bytes.length - 7);
      readByNode = 0;
    }
  });

  test('a response byte by byte', async () => {
    await using runtime = await RuntimeOnSocket.running();
    const bytes = post(`${id}/response`, '{"b":2}');
    await runtime.writePieces(...Array.from(bytes, (byte) => Buffer.of(byte)));
    expect((await runtime.answer())?.status).toBe(202);
    expect(runtime.api.heard[1]?.detail).toMatchObject({ payload: Buffer.from('{"b":2}') });
  });
});

describe('a request that comes before the answer to the one before', () => {
  const event = (runtime: RuntimeOnSocket) => runtime.api.link.deliver({ ...delivery, requestId: 'second' });

  test('a poll right behind a response', async () => {
    await using runtime = await RuntimeOnSocket.running();
    runtime.write(Buffer.concat([post(`${id}/response`, '1'), poll()]));
    expect((await runtime.answer())?.status).toBe(202);
    await runtime.api.hear(3);
    event(runtime);
    expect((await runtime.answer())?.headers['Lambda-Runtime-Aws-Request-Id']).toBe('second');
    expect(heard(runtime)).toEqual(['parked', 'answered', 'parked']);
  });

  test.each([true, false])(
    'a poll right behind the end of a body, in a loop that is fast: %s',
    async (followsClosely) => {
      await using runtime = await RuntimeOnSocket.running({ followsClosely });
      const response = post(`${id}/response`, '{"b":2}');
      await runtime.writePieces(response.subarray(0, -2), Buffer.concat([response.subarray(-2), poll()]));
      expect((await runtime.answer())?.status).toBe(202);
      await runtime.api.hear(3);
      expect(runtime.api.heard[1]?.detail).toMatchObject({ payload: Buffer.from('{"b":2}') });
      event(runtime);
      expect((await runtime.answer())?.headers['Lambda-Runtime-Aws-Request-Id']).toBe('second');
      expect(readByNode).toBe(0);
    },
  );

  test('a poll behind the body of a response that was refused before it came', async () => {
    await using runtime = await RuntimeOnSocket.running();
    const response = post('other/response', 'x'.repeat(100_000));
    await runtime.writePieces(response.subarray(0, 2_000));
    expect((await runtime.answer())?.status).toBe(400);
    await runtime.writePieces(response.subarray(2_000, 70_000));
    runtime.write(Buffer.concat([response.subarray(70_000), poll()]));
    expect((await runtime.answer())?.headers['Lambda-Runtime-Aws-Request-Id']).toBe(id);
  });

  test('anything right behind a poll', async () => {
    await using runtime = await RuntimeOnSocket.open();
    runtime.write(Buffer.concat([poll(), post('other/response', '1')]));
    await runtime.api.hear(1);
    runtime.api.link.deliver(delivery);
    expect((await runtime.answer())?.body).toEqual(delivery.payload);
    expect((await runtime.answer())?.status).toBe(400);
    expect(heard(runtime)).toEqual(['parked']);
  });

  test('anything behind a waiting poll: the poll is reported once and answered first', async () => {
    await using runtime = await RuntimeOnSocket.open();
    runtime.write(poll('Lambdock-Stamp: 1 2 3 4'));
    await runtime.api.hear(1);
    await runtime.writePieces(post('other/response', '1'));
    runtime.api.link.deliver(delivery);
    expect((await runtime.answer())?.body).toEqual(delivery.payload);
    expect((await runtime.answer())?.status).toBe(400);
    expect(heard(runtime)).toEqual(['parked']);
  });

  test('an event that comes between a waiting poll and its being read anew', async () => {
    await using runtime = await RuntimeOnSocket.open();
    const { socket, written } = connected(runtime);
    socket.push(poll());
    await runtime.api.hear(1);
    socket.push(poll());
    runtime.api.link.deliver(delivery);
    expect(written()).toBe('');
    const both = /^HTTP\/1\.1 200 .*\{"a":1\}HTTP\/1\.1 200 .*\{"a":1\}$/s;
    while (!both.test(written())) await turn();
    expect(heard(runtime)).toEqual(['parked']);
  });

  test('polls of a client that reads no responses: all are answered in order, and none is kept', async () => {
    const payload = Buffer.alloc(limit, 'x');
    await using runtime = await RuntimeOnSocket.running({ payload });
    await runtime.writePieces(poll(), poll());
    expect(readByNode).toBe(1);
    for (let left = 3; left > 0; left -= 1) runtime.write(poll());
    for (let left = 5; left > 0; left -= 1) expect((await runtime.answer())?.body.equals(payload)).toBe(true);
  });
});

test('what is not usual in the middle of a connection, and then what is', async () => {
  await using runtime = await RuntimeOnSocket.running();
  runtime.write(post(`${id}/error`, '{"errorType":"No"}'));
  expect((await runtime.answer())?.status).toBe(202);
  expect(readByNode).toBe(1);
  runtime.write(poll('Lambdock-Stamp: 1 2 3 4'));
  await runtime.api.hear(3);
  runtime.api.link.deliver({ ...delivery, requestId: 'second' });
  expect((await runtime.answer())?.headers['Lambda-Runtime-Aws-Request-Id']).toBe('second');
  runtime.write(post('second/response', '2'));
  expect((await runtime.answer())?.status).toBe(202);
  runtime.write(
    request(
      'POST /2018-06-01/runtime/invocation/second/response',
      ['Transfer-Encoding: chunked'],
      '0\r\n\r\n',
    ),
  );
  expect((await runtime.answer())?.status).toBe(403);
  expect(runtime.api.heard).toMatchObject([
    { event: 'parked' },
    { event: 'answered', detail: { kind: 'failed' } },
    { event: 'parked', detail: '1 2 3 4' },
    { event: 'answered', detail: { kind: 'succeeded', payload: Buffer.from('2') } },
  ]);
});

describe('the end of a connection', () => {
  test('behind a response: it is answered, and then this side ends too', async () => {
    await using runtime = await RuntimeOnSocket.running();
    runtime.socket.end(post(`${id}/response`, '1'));
    expect((await runtime.answer())?.status).toBe(202);
    expect(await runtime.answer()).toBeUndefined();
  });

  test('between a response and its answer', async () => {
    await using runtime = await RuntimeOnSocket.running();
    const { socket, written } = connected(runtime);
    socket.push(post(`${id}/response`, '1'));
    socket.push(null);
    await once(socket, 'end');
    expect([heard(runtime), written(), socket.writableEnded]).toEqual([['parked', 'answered'], '', false]);
    await turn();
    expect(written()).toMatch(/^HTTP\/1\.1 202 /);
    expect(socket.writableEnded).toBe(true);
    socket.destroy();
  });

  test('behind a poll, before the connection is over: the event is for the next poll', async () => {
    await using runtime = await RuntimeOnSocket.open();
    const { socket, written } = connected(runtime);
    socket.push(poll());
    socket.push(null);
    await once(socket, 'end');
    expect([heard(runtime), socket.destroyed]).toEqual([['parked'], false]);
    runtime.api.link.deliver(delivery);
    runtime.write(poll());
    expect((await runtime.answer())?.body).toEqual(delivery.payload);
    expect([written(), socket.destroyed]).toEqual(['', false]);
    socket.destroy();
  });

  test('behind a poll: the poll is dropped', async () => {
    await using runtime = await RuntimeOnSocket.open();
    runtime.socket.end(poll());
    await runtime.api.hear(1);
    expect(await runtime.answer()).toBeUndefined();
    await using other = new RuntimeOnSocket(runtime.api, await runtime.api.socket());
    runtime.api.link.deliver(delivery);
    other.write(poll());
    expect((await other.answer())?.body).toEqual(delivery.payload);
  });

  test('between two requests', async () => {
    await using runtime = await RuntimeOnSocket.running();
    runtime.socket.end();
    expect(await runtime.answer()).toBeUndefined();
  });

  test.each(['end', 'destroy'] as const)(
    'in the middle of a body, by %s: no answer, and the next one counts',
    async (how) => {
      await using runtime = await RuntimeOnSocket.running();
      await runtime.writePieces(post(`${id}/response`, '12345').subarray(0, -2));
      runtime.socket[how]();
      if (how === 'end') expect(await runtime.answer()).toBeUndefined();
      await using other = new RuntimeOnSocket(runtime.api, await runtime.api.socket());
      let answer: ApiAnswer | undefined;
      // Until the break has been noticed, the first one is still under way.
      do {
        other.write(post(`${id}/response`, '12'));
        answer = await other.answer();
      } while (answer?.status === 403);
      expect(answer?.status).toBe(202);
      expect(runtime.api.heard[1]?.detail).toMatchObject({ payload: Buffer.from('12') });
      expect(readByNode).toBe(0);
    },
  );

  test('in the middle of a body that is not wanted', async () => {
    await using runtime = await RuntimeOnSocket.running();
    await runtime.writePieces(post('other/response', '12345').subarray(0, -2));
    expect((await runtime.answer())?.status).toBe(400);
    runtime.socket.end();
    expect(await runtime.answer()).toBeUndefined();
    expect(heard(runtime)).toEqual(['parked']);
  });

  test('by a restart, while a body is under way: it responds to no event', async () => {
    await using runtime = await RuntimeOnSocket.running();
    await runtime.writePieces(post(`${id}/response`, '12345').subarray(0, -2));
    runtime.api.link.restart();
    expect(await runtime.answer()).toBeUndefined();
    await using other = new RuntimeOnSocket(runtime.api, await runtime.api.socket());
    other.write(poll());
    await runtime.api.hear(2);
    expect(heard(runtime)).toEqual(['parked', 'parked']);
  });
});

test('events and responses of the largest size, without node:http', async () => {
  const payload = Buffer.alloc(limit);
  for (let index = 0; index < limit; index += 4) payload.writeUInt32LE(index, index);
  await using runtime = await RuntimeOnSocket.running({ payload });
  runtime.write(poll());
  expect((await runtime.answer())?.body.equals(payload)).toBe(true);
  runtime.write(post(`${id}/response`, payload));
  expect((await runtime.answer())?.status).toBe(202);
  const [, answered] = runtime.api.heard as { detail?: { payload: Buffer } }[];
  expect(answered?.detail?.payload.equals(payload)).toBe(true);
  expect(readByNode).toBe(0);
});
