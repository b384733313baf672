import { once } from 'node:events';
import { mkdtemp, stat } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { protocolVersion } from '../../../src/engine/init/frame-table';
import { encodeFrame, type Frame, FrameReader } from '../../../src/engine/init/frames';
import { Gate, type GateOptions } from '../../../src/engine/init/gate';
import type { InitConnection } from '../../../src/engine/init/init-connection';
import { systemClock } from '../../../src/lib/clock';
import { Recorder } from '../../support/engine/recorder';
import { TestClock } from '../../support/fakes/test-clock';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const hello = encodeFrame('H', Buffer.from([protocolVersion, 1, 0, 0, 0, 1, 0]));

const u32 = (value: number) => Buffer.from([0, 0, 0, value]);

/** Resolves when the other side has closed a connection. */
function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('end', resolve).on('close', resolve).resume();
  });
}

/** Sends what an init sends, and keeps what it receives. */
class ScriptedInit {
  readonly #sockets: Socket[] = [];
  readonly frames: Frame[] = [];
  #onFrame: (() => void) | undefined;

  constructor(
    readonly target: { readonly path: string } | { readonly host: string; readonly port: number },
    readonly secret: string | undefined,
  ) {}

  /** A connection with its first line, and what is sent together with it. */
  dial(kind: string, behind: Uint8Array | string = ''): Socket {
    const socket = connect({ ...this.target, allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.write(Buffer.concat([Buffer.from(this.line(kind)), Buffer.from(behind)]));
    this.#sockets.push(socket);
    return socket;
  }

  line(kind: string): string {
    return `${this.secret === undefined ? '' : `${this.secret} `}${kind}\n`;
  }

  control(): Socket {
    const socket = this.dial('control', hello);
    const reader = new FrameReader();
    socket.on('data', (chunk) => {
      this.frames.push(...reader.push(chunk));
      this.#onFrame?.();
    });
    return socket;
  }

  frame(type: string): Promise<Frame> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.frames.find((frame) => frame.type === type);
        if (found !== undefined) resolve(found);
      };
      this.#onFrame = look;
      look();
    });
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

describe.each(['unix', 'tcp'] as const)('a gate for %s', (transport) => {
  let folder: TemporaryFolder;
  let clock: TestClock;
  let gate: Gate;
  let init: ScriptedInit;

  beforeEach(async () => {
    folder = await TemporaryFolder.make();
    const options: GateOptions =
      transport === 'unix'
        ? { transport, folder: folder.path }
        : { transport, bindHost: '127.0.0.1', advertisedHost: 'host.docker.internal' };
    clock = new TestClock();
    gate = await Gate.open(options, clock);
    const [, host, port, secret] = gate.address.split(':');
    init =
      transport === 'unix'
        ? new ScriptedInit({ path: join(folder.path, 'api.sock') }, undefined)
        : new ScriptedInit({ host: '127.0.0.1', port: Number(port) }, secret);
    expect(host).toBe(transport === 'unix' ? '/.lambdock/api.sock' : 'host.docker.internal');
  });

  afterEach(async () => {
    init.end();
    await gate.close();
    await folder[Symbol.asyncDispose]();
  });

  /** The connection after a hello, with a listener. */
  async function arrive(): Promise<[InitConnection, Recorder, Socket]> {
    const control = init.control();
    const connection = await gate.waiting(10_000);
    const recorder = new Recorder();
    connection.listen(recorder);
    return [connection, recorder, control];
  }

  it('resolves at the hello', async () => {
    const [connection] = await arrive();
    expect(connection.cgroupVersion).toBe(1);
  });

  it('rejects at the time limit', async () => {
    init.dial('control');
    const waiting = gate.waiting(20);
    clock.advance(20);
    await expect(waiting).rejects.toMatchObject({ name: 'EngineError', kind: 'sandbox-failed' });
  });

  it('rejects when it is closed', async () => {
    const waiting = gate.waiting(10_000);
    await gate.close();
    await expect(waiting).rejects.toMatchObject({ kind: 'sandbox-failed' });
  });

  it('rejects when the init ends before its hello', async () => {
    init.dial('control').end();
    await expect(gate.waiting(10_000)).rejects.toMatchObject({ kind: 'sandbox-failed' });
  });

  it('rejects an init of another protocol version', async () => {
    init.dial('control', encodeFrame('H', Buffer.from([protocolVersion + 1, 1])));
    await expect(gate.waiting(10_000)).rejects.toThrow(
      `version ${protocolVersion + 1}, not ${protocolVersion}`,
    );
  });

  it('accepts one control connection only', async () => {
    const [, recorder, control] = await arrive();
    const second = init.dial('control', hello);
    await ended(second);
    expect(recorder.lostReasons).toEqual([]);
    expect(control.destroyed).toBe(false);
  });

  it.each(['', 'other', 'relay x', 'dial', 'dial -1', `control${' '.repeat(80)}`])(
    'closes a connection that begins with "%s"',
    async (kind) => {
      await arrive();
      const stranger = init.dial(kind);
      await ended(stranger);
    },
  );

  it('closes a relay that connects before the init', async () => {
    await ended(init.dial('relay'));
  });

  it('closes connections without a first line: the oldest of too many, and each after 10 seconds', async () => {
    await arrive();
    const sockets = Array.from({ length: 33 }, () => connect(init.target));
    const closed: number[] = [];
    const [oldest, ...others] = sockets.map((socket, i) => ended(socket).then(() => closed.push(i)));
    await oldest;
    expect(closed).toEqual([0]);
    clock.advance(10_000);
    await Promise.all(others);
  });

  it('passes on 400 relays at a time and closes more', async () => {
    const [, recorder] = await arrive();
    const relays: Duplex[] = [];
    const all = new Promise<void>((resolve) => {
      recorder.onConnected = (socket) => {
        relays.push(socket);
        if (relays.length === 400) resolve();
      };
    });
    for (let i = 0; i < 400; i++) init.dial('relay');
    await all;
    await ended(init.dial('relay'));
    expect(relays).toHaveLength(400);
    const closed = once(relays[0] as Duplex, 'close');
    relays[0]?.destroy();
    await closed;
    const again = new Promise<Duplex>((resolve) => {
      recorder.onConnected = resolve;
    });
    init.dial('relay');
    expect(await again).toBeDefined();
  });

  it('loses no byte after the first line, however it is split', async () => {
    const [, recorder] = await arrive();
    const line = init.line('relay');
    const bytes = Buffer.alloc(100_000, 'abcdefg');
    for (const split of [1, line.length - 1, line.length, line.length + 3]) {
      const relayed = new Promise<Duplex>((resolve) => {
        recorder.onConnected = resolve;
      });
      const socket = connect(init.target);
      const all = Buffer.concat([Buffer.from(line), bytes]);
      socket.write(all.subarray(0, split), () => socket.end(all.subarray(split)));
      expect((await buffer(await relayed)).equals(bytes)).toBe(true);
      (await relayed).end();
    }
  });

  it('hands a relay over as a socket that an HTTP server takes', async () => {
    const [, recorder] = await arrive();
    const server = createServer((request, response) => {
      text(request).then((body) => response.end(`${request.url} ${body}`));
    });
    recorder.onConnected = (socket) => void server.emit('connection', socket);
    // The first request comes in one piece with the first line, and the second once that one is answered.
    const socket = init.dial('relay', 'POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc');
    await once(socket, 'data');
    const answer = await new Promise<string>((resolve, reject) => {
      const agentless = request({ createConnection: () => socket, path: '/two', method: 'POST' });
      agentless.on('response', (response) => resolve(text(response))).on('error', reject);
      agentless.end('def');
    });
    expect(answer).toBe('/two def');
    server.closeAllConnections();
  });

  it('passes to a listener what arrived before it', async () => {
    const control = init.control();
    const connection = await gate.waiting(10_000);
    control.write(encodeFrame('O', Buffer.from('\x01a\0early')));
    const figures = connection.figures();
    control.write(encodeFrame('M', u32(1), Buffer.alloc(24)));
    await figures;
    const recorder = new Recorder();
    connection.listen(recorder);
    expect(recorder.text('a')).toBe('early');
  });

  it('gives each response to its caller', async () => {
    const [connection, , control] = await arrive();
    const first = connection.figures();
    const second = connection.extensions();
    const third = connection.clean();
    await init.frame('C');
    expect(init.frames.map(({ type, payload }) => [type, payload.readUInt32BE(0)])).toEqual([
      ['M', 1],
      ['L', 2],
      ['C', 3],
    ]);
    const size = Buffer.alloc(24);
    size.writeUInt32BE(5, 4);
    control.write(encodeFrame('D', u32(3), Buffer.from([1])));
    control.write(encodeFrame('N', u32(2), Buffer.from('+a\0-b\0')));
    control.write(encodeFrame('M', u32(1), size));
    expect(await first).toEqual({ currentBytes: 5, peakBytes: 0, tmpBytes: 0 });
    expect(await second).toEqual([
      { name: 'a', executable: true },
      { name: 'b', executable: false },
    ]);
    expect(await third).toBe(false);
  });

  it('requests tolerant figures once, and figures before a kill at once', async () => {
    const [connection, , control] = await arrive();
    const soon = [connection.figures({ withinMs: 60_000 }), connection.figures({ withinMs: 60_000 })];
    const reset = connection.reset();
    await init.frame('R');
    expect(init.frames.map(({ type }) => type)).toEqual(['M', 'R']);
    control.write(
      Buffer.concat([encodeFrame('M', u32(1), Buffer.alloc(24)), encodeFrame('D', u32(2), u32(0))]),
    );
    await Promise.all([...soon, reset]);
    const last = connection.figures({ withinMs: 60_000 });
    connection.quit();
    await init.frame('Q');
    expect(init.frames.map(({ type }) => type)).toEqual(['M', 'R', 'M', 'Q']);
    const due = connection.figures({ withinMs: 60_000 });
    control.destroy();
    for (const each of [last, due]) await expect(each).rejects.toMatchObject({ kind: 'sandbox-failed' });
  });

  it('requests tolerant figures when their time has come', async () => {
    const [connection, , control] = await arrive();
    const figures = connection.figures({ withinMs: 1 });
    clock.advance(1);
    await init.frame('M');
    control.write(encodeFrame('M', u32(1), Buffer.alloc(24)));
    expect(await figures).toEqual({ currentBytes: 0, peakBytes: 0, tmpBytes: 0 });
  });

  it('rejects an init whose handed-over descriptors have not arrived', async () => {
    init.dial('control', encodeFrame('H', Buffer.from([protocolVersion, 1, 0, 0, 0, 1, 1])));
    await expect(gate.waiting(10_000)).rejects.toThrow('have not arrived');
  });

  it('resolves a dial to the connection that carries its number', async () => {
    const [connection, , control] = await arrive();
    const dialled = connection.dial(4243);
    const refused = connection.dial(1);
    await init.frame('B');
    control.write(encodeFrame('E', u32(2), u32(111)));
    await expect(refused).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    const inner = init.dial('dial 1', 'hi');
    const socket = await dialled;
    inner.end();
    expect(await text(socket)).toBe('hi');
    socket.end();
    await ended(init.dial('dial 1'));
  });

  it('rejects pending requests when the init is lost, and reports it once', async () => {
    const [connection, recorder, control] = await arrive();
    const pending = [connection.figures(), connection.reset(), connection.extensions(), connection.dial(1)];
    await init.frame('B');
    control.destroy();
    for (const each of pending) await expect(each).rejects.toMatchObject({ kind: 'sandbox-failed' });
    expect(recorder.lostReasons).toHaveLength(1);
    await expect(connection.figures()).rejects.toMatchObject({ kind: 'sandbox-failed' });
    connection.thaw();
  });

  it('does not report a requested loss', async () => {
    const [connection, recorder, control] = await arrive();
    const pending = connection.figures();
    connection.quit();
    await init.frame('Q');
    control.end();
    await expect(pending).rejects.toMatchObject({ kind: 'sandbox-failed' });
    expect(recorder.lostReasons).toEqual([]);
  });

  it('reports a loss when an init sends an unexpected frame', async () => {
    const [, recorder, control] = await arrive();
    control.write(encodeFrame('Z'));
    await recorder.until(() => recorder.lostReasons.length > 0);
    await ended(control);
    expect(recorder.lostReasons).toEqual([expect.stringContaining('"Z"')]);
  });
});

describe('a gate for unix', () => {
  let folder: TemporaryFolder;

  beforeEach(async () => {
    folder = await TemporaryFolder.make();
  });

  afterEach(() => folder[Symbol.asyncDispose]());

  it('can be connected to by any user, and takes the place of an old one', async () => {
    for (let i = 0; i < 2; i++) {
      const gate = await Gate.open({ transport: 'unix', folder: folder.path }, systemClock);
      expect((await stat(join(folder.path, 'api.sock'))).mode & 0o777).toBe(0o666);
      await gate.close();
    }
  });

  it('listens in a folder whose path is longer than a socket address', async () => {
    const deep = await mkdtemp(join(folder.path, 'x'.repeat(120)));
    const gate = await Gate.open({ transport: 'unix', folder: deep }, systemClock);
    expect((await stat(join(deep, 'api.sock'))).isSocket()).toBe(true);
    await gate.close();
  });
});

it('a gate for tcp closes a connection with another secret', async () => {
  const gate = await Gate.open(
    { transport: 'tcp', bindHost: '127.0.0.1', advertisedHost: '127.0.0.1' },
    systemClock,
  );
  const [, host = '', port] = gate.address.split(':');
  const stranger = new ScriptedInit({ host, port: Number(port) }, '0'.repeat(32));
  await ended(stranger.dial('control', hello));
  await ended(new ScriptedInit({ host, port: Number(port) }, undefined).dial('control', hello));
  await gate.close();
});

it('a gate for tcp listens on every address if this machine does not have its own yet', async () => {
  // An address for documentation, which no machine has: RFC 5737.
  const options = { transport: 'tcp', bindHost: '192.0.2.1', advertisedHost: '127.0.0.1' } as const;
  const gate = await Gate.open(options, systemClock);
  const [, host = '', port, secret] = gate.address.split(':');
  const one = new ScriptedInit({ host, port: Number(port) }, secret);
  await one.dial('control', hello);
  expect((await gate.waiting(10_000)).cgroupVersion).toBe(1);
  one.end();
  await gate.close();
});
