import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { encode, type InitEvent } from '../../src/engine/init/frames';
import { initBinary } from '../support/init/init-binary';
import {
  childOf,
  freePort,
  initsOfEachTest,
  printed,
  printedPid,
  shell,
  state,
  untilState,
  untilTrue,
} from '../support/init/inits';

/**
 * The real init as an ordinary process, against a real gate. As such it signals the groups of what it started and
 * nothing else; what it does as PID 1 is tested beside this.
 */

jest.setTimeout(120_000);

const inits = initsOfEachTest();

describe('an init', () => {
  it('passes to a process only what it was given', async () => {
    const { connection, recorder } = await inits.open('unix');
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
    for (const name of ['env', 'fds', 'signals', 'session']) await recorder.exitOf(name);
    expect(recorder.text('env')).toBe('A=1\nEMPTY=\n');
    expect(recorder.text('fds')).toBe('0\n1\n2\n3\n'); // 3 is the folder that ls reads
    expect(recorder.text('signals')).toBe('2\n');
    const [session, pid, place] = recorder.text('session').split('\n');
    expect(session).toBe(pid);
    expect(place).toBe('/usr');
  });

  it('limits a process to 1,024 open files, whatever its own limit is', async () => {
    expect(await printed(await inits.open('unix'), 'ulimit -Sn; ulimit -Hn')).toBe('1024\n1024\n');
  });

  it('gives a process descriptor 62 if requested', async () => {
    const { connection, recorder } = await inits.open('unix');
    connection.start(shell('echo record >/proc/self/fd/62; echo line', { telemetryDescriptor: true }));
    await recorder.exitOf('a');
    expect(recorder.text('a', 'telemetry')).toBe('record\n');
    expect(recorder.text('a')).toBe('line\n');
  });

  it('hides its secret from the function', async () => {
    const { gate, process } = await inits.open('tcp');
    const secret = gate.address.split(':')[3] ?? '';
    expect(secret).toHaveLength(32);
    const commandLine = readFileSync(`/proc/${process.pid}/cmdline`, 'latin1');
    expect(commandLine).toContain('init');
    expect(commandLine).not.toContain(secret);
  });

  it('emits all of a large output before the exit', async () => {
    const init = await inits.open('unix');
    expect(await printed(init, 'head -c 3000000 /dev/zero')).toHaveLength(3_000_000);
  });

  it('reports the exit of a process whose children still hold its output, and that output later', async () => {
    const { connection, recorder } = await inits.open('unix');
    const fifo = join(inits.folder.path, 'fifo');
    connection.start(shell(`mkfifo ${fifo}; (read line < ${fifo}; echo late) & echo now`));
    await recorder.exitOf('a');
    expect(recorder.text('a')).toBe('now\n');
    await writeFile(fifo, 'go\n');
    await recorder.untilPrinted('a', 'late\n');
  });

  it('has emitted output printed before a request once it answers figures', async () => {
    const { connection, recorder, port } = await inits.open('unix');
    // Less than a pipe holds: what is more, Node writes when it comes to it.
    const script = `
      require('node:net').connect(${port}, '127.0.0.1', function () { console.log('x'.repeat(50_000)); this.write('answer'); })`;
    const relayed = new Promise<Duplex>((resolve) => {
      recorder.onConnected = resolve;
    });
    connection.start(shell('', { command: [process.execPath, '-e', script] }));
    await once(await relayed, 'data');
    await connection.figures();
    expect(recorder.text('a')).toHaveLength(50_001);
  });

  it("stamps a runtime's poll, and not a body that looks like one", async () => {
    const { connection, recorder, port } = await inits.open('unix');
    const relayed = new Promise<Duplex>((resolve) => {
      recorder.onConnected = resolve;
    });
    // As a function does: a client of this port is inside the sandbox.
    const inside = connect(port, '127.0.0.1');
    const poll = 'GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: a\r\n\r\n';
    const passedOn = async (from: Duplex, to: Duplex, text: string) => {
      const passed = once(to, 'data');
      from.write(text);
      return String((await passed)[0]);
    };
    inside.write(poll);
    const outside = await relayed;
    const [first] = await once(outside, 'data');
    const stamp = /^GET \S+ HTTP\/1.1\r\nLambdock-Stamp: (\d+ \d+ \d+ \d+)\r\nHost: a\r\n\r\n$/.exec(
      String(first),
    );
    expect(connection.figuresOf(stamp?.[1] ?? '')).toMatchObject({ tmpBytes: expect.any(Number) });
    expect(await passedOn(outside, inside, 'HTTP/1.1 200 OK\r\n\r\n')).toBe('HTTP/1.1 200 OK\r\n\r\n');
    expect(await passedOn(inside, outside, 'POST / HTTP/1.1\r\n\r\n')).toBe('POST / HTTP/1.1\r\n\r\n');
    expect(await passedOn(inside, outside, poll)).toBe(poll);
    await passedOn(outside, inside, 'HTTP/1.1 100 Continue\r\n\r\n');
    expect(await passedOn(inside, outside, poll)).toBe(poll);
    await passedOn(outside, inside, 'HTTP/1.1 202 Accepted\r\n\r\n');
    expect(await passedOn(inside, outside, poll)).toMatch(/\r\nLambdock-Stamp: /);
    inside.destroy();
  });

  it('takes no figures from a stamp until all earlier frames have arrived', async () => {
    const { connection, recorder } = await inits.open('unix');
    expect(connection.figuresOf('1 2 3 4')).toEqual({ currentBytes: 2, peakBytes: 3, tmpBytes: 4 });
    expect(connection.figuresOf('3 2 3 4')).toBeUndefined();
    connection.start(shell('echo one'));
    await recorder.exitOf('a');
    expect(connection.figuresOf('3 2 3 4, 9 9 9 9')).toEqual({ currentBytes: 2, peakBytes: 3, tmpBytes: 4 });
    for (const none of ['', 'x', '1 2 3', '-1 2 3 4']) expect(connection.figuresOf(none)).toBeUndefined();
  });

  it('blocks a process that prints until lambdock reads, without loss', async () => {
    const { control, init, events } = await inits.scripted();
    const peakKiB = () =>
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${init.pid}/status`, 'latin1'))?.[1]);
    const before = peakKiB();
    control.pause();
    control.write(encode.start(shell('echo $$; exec head -c 50000000 /dev/zero')));
    const writer = await childOf(init);
    await untilTrue(() => readFileSync(`/proc/${writer}/wchan`, 'latin1').includes('pipe'));
    expect(peakKiB() - before).toBeLessThan(16_384);
    const printed: InitEvent[] = [];
    for await (const event of events()) {
      printed.push(event);
      if (event.is === 'exited') break;
    }
    const bytes = printed.reduce((sum, event) => sum + (event.is === 'output' ? event.bytes.length : 0), 0);
    expect(bytes).toBe(50_000_000 + `${writer}\n`.length);
  });

  it('signals a process and its group, also when stopped', async () => {
    const init = await inits.open('unix');
    init.connection.start(
      shell('trap "echo bye; exit 7" TERM; echo $$; while :; do sleep 1000 & wait; done'),
    );
    const pid = await printedPid(init);
    process.kill(pid, 'SIGSTOP');
    await untilState(init, pid, 'T');
    init.connection.signal('a', 'SIGTERM');
    expect(await init.recorder.exitOf('a')).toEqual({ code: 7, outOfMemory: false });
    expect(init.recorder.text('a')).toBe(`${pid}\nbye\n`);

    init.connection.start(shell('sleep 1000', { name: 'b' }));
    init.connection.signal('b', 'SIGKILL');
    expect(await init.recorder.exitOf('b')).toEqual({ signal: 'SIGKILL', outOfMemory: false });
    init.connection.signal('b', 'SIGKILL'); // gone: no error
    await init.connection.figures();
  });

  it('stops processes and continues them', async () => {
    const init = await inits.open('unix');
    init.connection.start(shell('echo $$; while :; do echo tick; done'));
    const pid = await printedPid(init);
    init.connection.freeze();
    await untilState(init, pid, 'T');
    await init.connection.figures();
    const ticks = init.recorder.text('a').length;
    for (let i = 0; i < 50; i++) await init.connection.figures();
    expect(init.recorder.text('a')).toHaveLength(ticks);
    init.connection.thaw();
    await init.recorder.until(() => init.recorder.text('a').length > ticks + 1000);
  });

  it('stops a process again that was continued while frozen, and kills one that does not stop', async () => {
    const init = await inits.open('unix');
    const { connection, recorder } = init;
    connection.start(shell('echo $$; while :; do :; done'));
    const pid = await printedPid(init);
    connection.freeze();
    await untilState(init, pid, 'T');
    process.kill(pid, 'SIGCONT');
    await untilState(init, pid, 'R');
    await untilState(init, pid, 'T');
    expect(recorder.exits.size).toBe(0);
    // A timer with SIGCONT as its signal does the same from inside.
    await untilTrue(() => {
      try {
        return !process.kill(pid, 'SIGCONT') || init.process.signalCode !== null || state(pid) === 'Z';
      } catch {
        return true; // it has ended
      }
    });
    expect(await recorder.exitOf('a')).toEqual({ signal: 'SIGKILL', outOfMemory: false });
  });

  it('a reset kills and reports what runs, ends its connections, and allows a new start', async () => {
    const init = await inits.open('unix');
    const { connection, recorder, port } = init;
    recorder.onConnected = (socket) => void socket.pipe(socket);
    const client = connect(port, '127.0.0.1');
    client.write('x');
    await once(client, 'data');
    connection.start(shell('echo $$; exec sleep 1000'));
    const pid = await printedPid(init);
    connection.freeze();
    const closed = once(client, 'close');
    await connection.reset();
    expect(recorder.exits.get('a')).toEqual({ signal: 'SIGKILL', outOfMemory: false });
    expect(state(pid)).toBeUndefined();
    await closed;
    connection.start(shell('echo again', { name: 'b' }));
    await recorder.exitOf('b');
    expect(recorder.text('b')).toBe('again\n');
  });

  it('reports the memory of its cgroup, and ends what passes a limit', async () => {
    const { connection, recorder } = await inits.open('unix');
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
    expect(await recorder.exitOf('a')).toEqual({ signal: 'SIGKILL', outOfMemory });
  });

  it("cleans nothing if the folders are not a sandbox's own", async () => {
    const { connection } = await inits.open('unix');
    expect(await connection.clean()).toBe(false);
    expect(existsSync(inits.folder.path)).toBe(true);
  });

  it('ends with lambdock, and every process with it', async () => {
    const { control, init } = await inits.scripted();
    const fifo = join(inits.folder.path, 'fifo');
    control.write(encode.start(shell(`mkfifo ${fifo}; echo; exec sleep 1000 > ${fifo}`)));
    await once(control, 'data');
    const held = createReadStream(fifo).resume();
    await once(held, 'open'); // now the process has it open, too
    const exited = once(init, 'exit');
    control.destroy();
    await once(held, 'end');
    expect(await exited).toEqual([0, null]);
  });

  it('ends on request', async () => {
    const { connection, process, recorder } = await inits.open('unix');
    const exited = once(process, 'exit');
    connection.quit();
    expect(await exited).toEqual([0, null]);
    expect(recorder.lostReasons).toEqual([]);
  });

  it.each([
    [['udp:x'], 'unix:PATH[:TOKEN] or tcp:HOST:PORT:SECRET'],
    [['tcp:localhost:1'], 'unix:PATH[:TOKEN] or tcp:HOST:PORT:SECRET'],
    [['unix:/no/such/socket'], 'cannot connect to the emulator: No such file or directory'],
    [['tcp:127.0.0.1:1:00'], 'cannot connect to the emulator: Connection refused'],
    [[], 'usage: init ADDRESS [PORT]'],
  ])('prints why it cannot start, given %j', async (given, reason) => {
    const init = spawn(await initBinary(), [
      ...given,
      ...(given.length > 0 ? [String(await freePort())] : []),
    ]);
    const said = text(init.stderr);
    expect(await once(init, 'exit')).toEqual([1, null]);
    expect(await said).toContain(reason);
  });
});
