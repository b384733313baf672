import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import type { ProcessSpec } from '../../src/engine/engine';
import { decode, encode, FrameReader, type InitEvent } from '../../src/engine/init/frames';
import { Gate } from '../../src/engine/init/gate';
import type { InitConnection } from '../../src/engine/init/init-connection';
import { initBinary } from '../support/init-binary';
import { Recorder } from '../support/recorder';
import { TemporaryFolder } from '../support/temporary-folder';

/**
 * The real init as an ordinary process, against a real gate. As an ordinary process it signals the groups of what it
 * started and nothing else; what it does as PID 1 is tested in a PID namespace of its own (`unshare`).
 */

interface Started {
  readonly process: ChildProcess;
  readonly connection: InitConnection;
  readonly told: Recorder;
  readonly gate: Gate;
  /** Where it relays from. */
  readonly port: number;
}

let binary: string;
let folder: TemporaryFolder;
const running: Started[] = [];
const scriptedInits: ChildProcess[] = [];

beforeAll(async () => {
  binary = await initBinary();
}, 60_000);

beforeEach(async () => {
  folder = await TemporaryFolder.make();
});

afterEach(async () => {
  for (const { process, gate } of running.splice(0)) {
    process.kill('SIGKILL');
    await gate.close();
  }
  for (const init of scriptedInits.splice(0)) init.kill('SIGKILL');
  await folder[Symbol.asyncDispose]();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Root may make namespaces; who is not makes a user namespace first. */
const namespaces = ['--pid', '--mount', '--ipc', '--fork', '--kill-child'];
const unshare = process.getuid?.() === 0 ? namespaces : ['--user', '--map-root-user', ...namespaces];

/** Folders that a sandbox has for itself; the binary is opened before they hide it. */
const asPid1 = `
  exec 3<"$0" &&
  mount -t proc proc /proc && mount -t tmpfs tmpfs /opt && mount -t tmpfs tmpfs /dev/shm && mount -t tmpfs tmpfs /tmp &&
  mkdir -p /opt/extensions/folder && touch /opt/extensions/b /opt/extensions/a /opt/extensions/plain &&
  chmod +x /opt/extensions/b /opt/extensions/a && ln -s /bin/true /opt/extensions/c &&
  exec /proc/self/fd/3 "$@"`;

async function open(transport: 'unix' | 'tcp', pid1 = false): Promise<Started> {
  const gate = await Gate.open(
    transport === 'unix'
      ? { transport, folder: folder.path }
      : { transport, bindHost: '127.0.0.1', advertisedHost: 'localhost' },
  );
  const port = await freePort();
  const address = transport === 'unix' ? `unix:${join(folder.path, 'api.sock')}` : gate.address;
  const init = pid1
    ? spawn('/usr/bin/unshare', [...unshare, 'sh', '-c', asPid1, binary, address, String(port)], {
        stdio: 'inherit',
      })
    : spawn(binary, [address, String(port)], { stdio: 'inherit', env: { SECRET_OF_INIT: 'yes' } });
  const connection = await gate.waiting(10_000);
  const told = new Recorder();
  connection.listen(told);
  const started = { process: init, connection, told, gate, port };
  running.push(started);
  return started;
}

/** An init whose emulator is this test itself, which reads when it wants to. */
async function scripted() {
  const path = join(folder.path, 'api.sock');
  const server = createServer().listen(path);
  await once(server, 'listening');
  const init = spawn(binary, [`unix:${path}`, String(await freePort())], { stdio: 'inherit' });
  scriptedInits.push(init);
  const [control]: Socket[] = await once(server, 'connection');
  if (control === undefined) throw new Error('no connection');
  server.close();
  let greeting = '';
  while (greeting.length < 'control\n'.length + 11) {
    await once(control, 'readable');
    greeting += control.read()?.toString('latin1') ?? '';
  }
  const frames = async function* (socket: Socket): AsyncGenerator<InitEvent> {
    const reader = new FrameReader();
    for await (const chunk of socket) for (const frame of reader.push(chunk)) yield decode(frame);
  };
  return { control, init, frames };
}

/** The one child of a process, once there is one. */
async function childOf({ pid }: ChildProcess): Promise<number> {
  const children = () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
  await untilTrue(() => children() !== '');
  return Number.parseInt(children(), 10);
}

/** For what the kernel tells nobody of: looks again and again, as the test's time limit allows. */
async function untilTrue(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setImmediate(resolve));
}

/** A shell script as a process named `a`. */
const shell = (script: string, more: Partial<ProcessSpec> = {}): ProcessSpec => ({
  name: 'a',
  command: ['sh', '-c', script],
  workingDirectory: '/',
  environment: { PATH: '/usr/local/bin:/usr/bin:/bin' },
  ...more,
});

/** Runs a script to its end, and tells what it printed. */
async function printed(
  { connection, told }: Started,
  script: string,
  more?: Partial<ProcessSpec>,
): Promise<string> {
  connection.start(shell(script, more));
  await told.exitOf('a');
  return told.text('a');
}

/** The letter of a process's state in /proc (`T` stopped), undefined once it is gone. */
function state(pid: number): string | undefined {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) ? readFileSync(path, 'latin1').split(') ')[1]?.charAt(0) : undefined;
}

/** Resolves when a process has come to a state; asked with each answer of the init, as nobody tells of it. */
async function untilState({ connection }: Started, pid: number, wanted: string | undefined): Promise<void> {
  while (state(pid) !== wanted) await connection.figures();
}

/** The process id that a script has printed as its first word. */
async function printedPid({ told }: Started): Promise<number> {
  await told.untilPrinted('a', '\n');
  return Number.parseInt(told.text('a'), 10);
}

describe.each(['unix', 'tcp'] as const)('an init that dials out by %s', (transport) => {
  it('tells how processes end, behind what they printed', async () => {
    const { connection, told } = await open(transport);
    connection.start(shell('echo out; echo err >&2; exit 3'));
    expect(await told.exitOf('a')).toEqual({ code: 3, outOfMemory: false });
    expect(told.told).toEqual(['a stdout out', 'a stderr err', 'a exited 3']);
    connection.start(shell('kill -SEGV $$', { name: 'b' }));
    expect(await told.exitOf('b')).toEqual({ signal: 'SIGSEGV', outOfMemory: false });
  });

  it('tells why a process could not be started, and nothing else of it', async () => {
    const { connection, told } = await open(transport);
    connection.start({
      name: 'missing',
      command: ['no-such'],
      workingDirectory: '/',
      environment: { PATH: '/bin' },
    });
    connection.start({ name: 'folder', command: ['/'], workingDirectory: '/', environment: {} });
    connection.start(shell('true', { name: 'nowhere', workingDirectory: '/no/such' }));
    await told.until(() => told.told.length === 3);
    expect([...told.told].sort()).toEqual([
      'folder not started: command EACCES',
      'missing not started: command ENOENT',
      'nowhere not started: working-directory ENOENT',
    ]);
    await connection.reset();
    expect(told.told).toHaveLength(3);
  });

  it('relays 6 MB there and back, and passes on each end by itself', async () => {
    const { told, port } = await open(transport);
    const relayed = new Promise<Duplex>((resolve) => {
      told.onConnected = resolve;
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

  it('relays both ways at once, for many connections, however slowly each is read', async () => {
    const { told, port } = await open(transport);
    told.onConnected = (socket) => void socket.pipe(socket);
    const echoes = Array.from({ length: 60 }, async (_, i) => {
      const bytes = Buffer.alloc(300_000 + i, String.fromCharCode(65 + (i % 26)));
      const client = connect(port, '127.0.0.1').end(bytes);
      expect((await buffer(client)).equals(bytes)).toBe(true);
    });
    await Promise.all(echoes);
  });

  it('connects to a port inside', async () => {
    const { connection } = await open(transport);
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

describe('an init', () => {
  it('passes on to a process what it was given and nothing of its own', async () => {
    const { connection, told } = await open('unix');
    connection.start(
      shell('', { name: 'env', command: ['/usr/bin/env'], environment: { A: '1', EMPTY: '' } }),
    );
    connection.start(shell('', { name: 'fds', command: ['ls', '/proc/self/fd'] }));
    connection.start(
      shell('', { name: 'signals', command: ['grep', '-cE', '^Sig(Blk|Ign):\t0+$', '/proc/self/status'] }),
    );
    connection.start(
      shell('cat; cut -d" " -f6 /proc/$$/stat; echo $$; pwd', { name: 'session', workingDirectory: '/usr' }),
    );
    for (const name of ['env', 'fds', 'signals', 'session']) await told.exitOf(name);
    expect(told.text('env')).toBe('A=1\nEMPTY=\n');
    expect(told.text('fds')).toBe('0\n1\n2\n3\n'); // 3 is the folder that ls reads
    expect(told.text('signals')).toBe('2\n');
    const [session, pid, place] = told.text('session').split('\n');
    expect(session).toBe(pid);
    expect(place).toBe('/usr');
  });

  it('gives a process descriptor 62 where that is asked for', async () => {
    const { connection, told } = await open('unix');
    connection.start(shell('echo record >/proc/self/fd/62; echo line', { telemetryDescriptor: true }));
    await told.exitOf('a');
    expect(told.text('a', 'telemetry')).toBe('record\n');
    expect(told.text('a')).toBe('line\n');
  });

  it('does not leave its secret where the function can read it', async () => {
    const { gate, process } = await open('tcp');
    const secret = gate.address.split(':')[3] ?? '';
    expect(secret).toHaveLength(32);
    const commandLine = readFileSync(`/proc/${process.pid}/cmdline`, 'latin1');
    expect(commandLine).toContain('init');
    expect(commandLine).not.toContain(secret);
  });

  it('tells all of a large output before the exit', async () => {
    const init = await open('unix');
    expect(await printed(init, 'head -c 3000000 /dev/zero')).toHaveLength(3_000_000);
  });

  it('tells the exit of a process whose children still hold its output, and that output later', async () => {
    const { connection, told } = await open('unix');
    const fifo = join(folder.path, 'fifo');
    connection.start(shell(`mkfifo ${fifo}; (read line < ${fifo}; echo late) & echo now`));
    await told.exitOf('a');
    expect(told.text('a')).toBe('now\n');
    await writeFile(fifo, 'go\n');
    await told.untilPrinted('a', 'late\n');
  });

  it('has told what was printed before a request once figures were asked for', async () => {
    const { connection, told, port } = await open('unix');
    // Less than a pipe holds: what is more, Node writes when it comes to it.
    const script = `
      require('node:net').connect(${port}, '127.0.0.1', function () { console.log('x'.repeat(50_000)); this.write('answer'); })`;
    const relayed = new Promise<Duplex>((resolve) => {
      told.onConnected = resolve;
    });
    connection.start(shell('', { command: [process.execPath, '-e', script] }));
    await once(await relayed, 'data');
    await connection.figures();
    expect(told.text('a')).toHaveLength(50_001);
  });

  it('makes a process that prints wait for its emulator, and loses nothing', async () => {
    const { control, init, frames } = await scripted();
    control.pause();
    control.write(encode.start(shell('echo $$; exec head -c 50000000 /dev/zero')));
    const writer = await childOf(init);
    await untilTrue(() => readFileSync(`/proc/${writer}/wchan`, 'latin1').includes('pipe'));
    expect(
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${init.pid}/status`, 'latin1'))?.[1]),
    ).toBeLessThan(8192);
    const printed: InitEvent[] = [];
    for await (const event of frames(control)) {
      printed.push(event);
      if (event.is === 'exited') break;
    }
    const bytes = printed.reduce((sum, event) => sum + (event.is === 'output' ? event.bytes.length : 0), 0);
    expect(bytes).toBe(50_000_000 + `${writer}\n`.length);
  });

  it('signals a process and its group, a stopped one too', async () => {
    const init = await open('unix');
    init.connection.start(
      shell('trap "echo bye; exit 7" TERM; echo $$; while :; do sleep 1000 & wait; done'),
    );
    const pid = await printedPid(init);
    process.kill(pid, 'SIGSTOP');
    await untilState(init, pid, 'T');
    init.connection.signal('a', 'SIGTERM');
    expect(await init.told.exitOf('a')).toEqual({ code: 7, outOfMemory: false });
    expect(init.told.text('a')).toBe(`${pid}\nbye\n`);

    init.connection.start(shell('sleep 1000', { name: 'b' }));
    init.connection.signal('b', 'SIGKILL');
    expect(await init.told.exitOf('b')).toEqual({ signal: 'SIGKILL', outOfMemory: false });
    init.connection.signal('b', 'SIGKILL'); // gone: no error
    await init.connection.figures();
  });

  it('stops processes and continues them', async () => {
    const init = await open('unix');
    init.connection.start(shell('echo $$; while :; do echo tick; done'));
    const pid = await printedPid(init);
    init.connection.freeze();
    await untilState(init, pid, 'T');
    await init.connection.figures();
    const ticks = init.told.text('a').length;
    for (let i = 0; i < 50; i++) await init.connection.figures();
    expect(init.told.text('a')).toHaveLength(ticks);
    init.connection.thaw();
    await init.told.until(() => init.told.text('a').length > ticks + 1000);
  });

  it('resets: kills what runs, tells of it, ends its connections, and can start anew', async () => {
    const init = await open('unix');
    const { connection, told, port } = init;
    told.onConnected = (socket) => void socket.pipe(socket);
    const client = connect(port, '127.0.0.1');
    client.write('x');
    await once(client, 'data');
    connection.start(shell('echo $$; exec sleep 1000'));
    const pid = await printedPid(init);
    connection.freeze();
    const closed = once(client, 'close');
    await connection.reset();
    expect(told.exits.get('a')).toEqual({ signal: 'SIGKILL', outOfMemory: false });
    expect(state(pid)).toBeUndefined();
    await closed;
    connection.start(shell('echo again', { name: 'b' }));
    await told.exitOf('b');
    expect(told.text('b')).toBe('again\n');
  });

  it('tells the memory of its cgroup, and ends what passes a limit', async () => {
    const { connection, told } = await open('unix');
    connection.start(shell('sleep 1000'));
    const figures = await connection.figures({ resetPeak: true });
    expect(figures.peakBytes).toBeGreaterThanOrEqual(figures.currentBytes);
    if (connection.cgroupVersion === 0) {
      // The root of a cgroup v2 tree has no counters, so there is nothing to be watched.
      expect(figures).toEqual({ currentBytes: 0, peakBytes: 0, tmpBytes: 0 });
      connection.signal('a', 'SIGKILL');
    } else {
      expect(figures.currentBytes).toBeGreaterThan(0);
      connection.watchMemory(1);
    }
    const outOfMemory = connection.cgroupVersion !== 0;
    expect(await told.exitOf('a')).toEqual({ signal: 'SIGKILL', outOfMemory });
  });

  it("cleans nothing where the folders are not a sandbox's own", async () => {
    const { connection } = await open('unix');
    expect(await connection.clean()).toBe(false);
    expect(existsSync(folder.path)).toBe(true);
  });

  it('ends with its emulator, and everything in it too', async () => {
    const { control, init } = await scripted();
    const fifo = join(folder.path, 'fifo');
    control.write(encode.start(shell(`mkfifo ${fifo}; echo; exec sleep 1000 > ${fifo}`)));
    await once(control, 'data');
    const held = createReadStream(fifo).resume();
    await once(held, 'open'); // now the process has it open, too
    const exited = once(init, 'exit');
    control.destroy();
    await once(held, 'end');
    expect(await exited).toEqual([0, null]);
  });

  it('ends when it is told to', async () => {
    const { connection, process, told } = await open('unix');
    const exited = once(process, 'exit');
    connection.quit();
    expect(await exited).toEqual([0, null]);
    expect(told.lostReasons).toEqual([]);
  });

  it.each([
    [['udp:x'], 'unix:PATH or tcp:HOST:PORT:SECRET'],
    [['tcp:localhost:1'], 'unix:PATH or tcp:HOST:PORT:SECRET'],
    [['unix:/no/such/socket'], 'cannot connect to the emulator: No such file or directory'],
    [['tcp:127.0.0.1:1:00'], 'cannot connect to the emulator: Connection refused'],
    [[], 'usage: init ADDRESS [PORT]'],
  ])('says why it cannot work, given %j', async (given, reason) => {
    const init = spawn(binary, [...given, ...(given.length > 0 ? [String(await freePort())] : [])]);
    const said = text(init.stderr);
    expect(await once(init, 'exit')).toEqual([1, null]);
    expect(await said).toContain(reason);
  });
});

describe('an init as PID 1', () => {
  it('kills everything at a reset, out of whatever session it ran', async () => {
    const init = await open('tcp', true);
    const { connection, told } = init;
    connection.start(
      shell('for i in 1 2 3; do setsid sh -c "(sleep 1000 &) ; echo child; exec sleep 1000" & done; wait'),
    );
    await told.until(() => told.text('a') === 'child\n'.repeat(3));
    await connection.reset();
    connection.start(shell('cd /proc; echo [0-9]*; echo $$', { name: 'b' }));
    await told.exitOf('b');
    const [all, self] = told.text('b').split('\n');
    expect(all).toBe(`1 ${self}`);
  });

  it('tells of an end by the memory limit once everything is gone', async () => {
    const { connection, told } = await open('tcp', true);
    connection.start(shell('setsid sh -c "echo child; exec sleep 1000" & wait'));
    await told.untilPrinted('a', 'child');
    if (connection.cgroupVersion === 0) connection.signal('a', 'SIGKILL');
    else connection.watchMemory(1);
    await told.exitOf('a');
    connection.watchMemory(0);
    connection.start(shell('cd /proc; echo [0-9]*; echo $$', { name: 'b' }));
    await told.exitOf('b');
    const [all, self] = told.text('b').split('\n');
    expect(all?.split(' ')).toHaveLength(connection.cgroupVersion === 0 ? 3 : 2);
    expect(all?.split(' ')).toContain(self);
  });

  it('stops and continues everything, out of whatever session it runs', async () => {
    const { connection, told } = await open('tcp', true);
    connection.start(shell('setsid sh -c "while :; do echo tick; done" & wait'));
    await told.untilPrinted('a', 'tick');
    connection.freeze();
    for (let quiet = 0, length = 0; quiet < 50; quiet = told.text('a').length === length ? quiet + 1 : 0) {
      length = told.text('a').length;
      await connection.figures();
    }
    const { length } = told.text('a');
    connection.thaw();
    await told.until(() => told.text('a').length > length);
  });

  it('empties what a function can write, and says where something stays', async () => {
    const { connection, told } = await open('tcp', true);
    connection.start(
      shell(`
      cd /tmp && mkdir -p a/b/c d && touch a/b/c/file .hidden /dev/shm/x && ln -s /opt/extensions link &&
      i=0 && while [ $i -lt 500 ]; do echo > d/$i; i=$((i + 1)); done; chmod 0 a/b d`),
    );
    await told.exitOf('a');
    expect(await connection.clean()).toBe(true);
    connection.start(shell('ls -A /tmp /dev/shm; ls /opt/extensions; ipcmk -M 100', { name: 'b' }));
    expect(await told.exitOf('b')).toEqual({ code: 0, outOfMemory: false });
    expect(told.text('b')).toMatch(/^\/dev\/shm:\n\n\/tmp:\na\nb\nc\nfolder\nplain\n/);
    expect(await connection.clean()).toBe(false);
  });

  it('lists executable files in /opt/extensions, in name order', async () => {
    const { connection } = await open('tcp', true);
    expect(await connection.extensions()).toEqual(['a', 'b', 'c']);
  });

  it('cannot be ended from inside, but from outside', async () => {
    const { connection, told, process: outer } = await open('tcp', true);
    connection.start(shell('kill -TERM 1; kill -KILL 1; kill -STOP 1; echo still here'));
    await told.exitOf('a');
    await connection.figures();
    const exited = once(outer, 'exit');
    process.kill(await childOf(outer), 'SIGTERM');
    expect(await exited).toEqual([0, null]);
  });
});
