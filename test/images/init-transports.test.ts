import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { initsOfEachTest, shell, untilTrue } from '../support/init/inits';

/** The real init as an ordinary process, by each way in which it connects to lambdock. */

jest.setTimeout(120_000);

const inits = initsOfEachTest();

describe.each(['unix', 'handover', 'tcp'] as const)('an init that connects by %s', (transport) => {
  it('reports how processes end, after their output', async () => {
    const { connection, recorder } = await inits.open(transport);
    connection.start(shell('echo out; echo err >&2; exit 3'));
    expect(await recorder.exitOf('a')).toEqual({ code: 3, outOfMemory: false });
    expect(recorder.events).toEqual(['a stdout out', 'a stderr err', 'a exited 3']);
    connection.start(shell('kill -SEGV $$', { name: 'b' }));
    expect(await recorder.exitOf('b')).toEqual({ signal: 'SIGSEGV', outOfMemory: false });
  });

  it('reports why a process could not be started, and nothing else about it', async () => {
    const { connection, recorder } = await inits.open(transport);
    connection.start({
      name: 'missing',
      command: ['no-such'],
      workingDirectory: '/',
      environment: { PATH: '/bin' },
    });
    connection.start({ name: 'folder', command: ['/'], workingDirectory: '/', environment: {} });
    connection.start(shell('true', { name: 'nowhere', workingDirectory: '/no/such' }));
    await recorder.until(() => recorder.events.length === 3);
    expect([...recorder.events].sort()).toEqual([
      'folder not started: command EACCES',
      'missing not started: command ENOENT',
      'nowhere not started: working-directory ENOENT',
    ]);
    await connection.reset();
    expect(recorder.events).toHaveLength(3);
  });

  it('blocks a process that prints while output is paused, without loss', async () => {
    const { connection, recorder } = await inits.open(transport);
    const pausing = new Promise<void>((resolve) => {
      const output = recorder.output.bind(recorder);
      recorder.output = (...printed) => {
        output(...printed);
        connection.pauseOutput();
        resolve();
      };
    });
    connection.start(shell('echo $$; exec head -c 20000000 /dev/zero', { name: 'runtime' }));
    await pausing;
    const pid = Number.parseInt(recorder.text('runtime'), 10);
    // The command may not have replaced the shell yet.
    await untilTrue(() => readFileSync(`/proc/${pid}/wchan`, 'latin1').includes('pipe_write'));
    // A pipe, and behind the init its queue and the socket's buffers.
    expect(recorder.text('runtime').length).toBeLessThan(4_000_000);
    expect(recorder.exits.size).toBe(0);
    while (!recorder.exits.has('runtime')) {
      connection.resumeOutput();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(recorder.text('runtime')).toHaveLength(20_000_000 + `${pid}\n`.length);
    expect(recorder.events.at(-1)).toBe('runtime exited 0');
  });

  it('relays 6 MB in both directions, and passes on the end of each direction separately', async () => {
    const { recorder, port } = await inits.open(transport);
    const relayed = new Promise<Duplex>((resolve) => {
      recorder.onConnected = resolve;
    });
    const body = Buffer.alloc(6_291_556, 'lambda');
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    client.end(body);
    const outer = await relayed;
    // Not by a loop over it, which would close the other direction with this one.
    const chunks: Buffer[] = [];
    outer.on('data', (chunk) => chunks.push(chunk));
    await once(outer, 'end');
    expect(Buffer.concat(chunks).equals(body)).toBe(true);
    outer.end(body);
    expect((await buffer(client)).equals(body)).toBe(true);
  });

  it('relays many connections in both directions at the same time, however slowly each is read', async () => {
    const { recorder, port } = await inits.open(transport);
    recorder.onConnected = (socket) => void socket.pipe(socket);
    const echoes = Array.from({ length: 60 }, async (_, i) => {
      const bytes = Buffer.alloc(300_000 + i, String.fromCharCode(65 + (i % 26)));
      const client = connect(port, '127.0.0.1').end(bytes);
      expect((await buffer(client)).equals(bytes)).toBe(true);
    });
    await Promise.all(echoes);
  });

  it('connects to a port inside the sandbox', async () => {
    const { connection } = await inits.open(transport);
    const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const dialled = await Promise.all([connection.dial(port), connection.dial(port)]);
    dialled.forEach((socket, i) => {
      socket.end(`hello ${i}`);
    });
    expect(await Promise.all(dialled.map((socket) => text(socket)))).toEqual(['hello 0', 'hello 1']);
    server.close();
    await once(server, 'close');
    await expect(connection.dial(port)).rejects.toMatchObject({ kind: 'refused' });
  });
});
