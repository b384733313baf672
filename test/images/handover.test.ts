import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { Receiver } from '../../src/engine/init/receiver';
import { systemClock } from '../../src/lib/clock';
import { deferred } from '../../src/lib/deferred';
import { TestClock } from '../support/fakes/test-clock';
import { initBinary } from '../support/init/init-binary';
import { initsOfEachTest, shell, untilTrue } from '../support/init/inits';

/** The real init and the real receiver, which hands on to this process. */

jest.setTimeout(120_000);

const inits = initsOfEachTest();

const runtime = (script: string) => shell(script, { name: 'runtime', telemetryDescriptor: true });

/** Node.js code as the runtime. */
const node = (code: string) => ({ ...runtime(''), command: [process.execPath, '-e', code] as const });

const endOfTurn = () => new Promise((resolve) => setImmediate(resolve));

test('a runtime writes to lambdock directly, and all output is emitted before its exit', async () => {
  const { connection, recorder } = await inits.open('handover');
  expect(connection.direct).toBe(true);
  connection.start(
    runtime('head -c 3000000 /dev/zero; echo error >&2; echo record >/proc/self/fd/62; exit 3'),
  );
  expect(await recorder.exitOf('runtime')).toEqual({ code: 3, outOfMemory: false });
  expect(recorder.text('runtime')).toHaveLength(3_000_000);
  expect(recorder.text('runtime', 'stderr')).toBe('error\n');
  expect(recorder.text('runtime', 'telemetry')).toBe('record\n');
  expect(recorder.events.at(-1)).toBe('runtime exited 3');
});

test('reports a runtime that cannot be started, and the next one prints', async () => {
  const { connection, recorder } = await inits.open('handover');
  connection.start({ ...runtime(''), command: ['no-such'] });
  await recorder.until(() => recorder.events.length > 0);
  connection.start(runtime('echo here'));
  await recorder.exitOf('runtime');
  expect(recorder.events).toEqual([
    'runtime not started: command ENOENT',
    'runtime stdout here',
    'runtime exited 0',
  ]);
});

test('the runtime has descriptor 62 only if requested', async () => {
  const { connection, recorder } = await inits.open('handover');
  connection.start(shell('ls /proc/self/fd', { name: 'runtime' }));
  await recorder.exitOf('runtime');
  expect(recorder.text('runtime')).toBe('0\n1\n2\n3\n'); // 3 is the folder that ls reads
});

test('output printed before a request is emitted by the end of the turn in which the request arrives', async () => {
  const { connection, recorder, port } = await inits.open('handover');
  const printedAt: number[] = [];
  recorder.onConnected = (socket) => {
    socket.on('data', async (bytes) => {
      await endOfTurn();
      printedAt.push(recorder.text('runtime').length);
      socket.write(bytes);
    });
  };
  // Each time as much as a pipe holds, and the request at once behind it.
  connection.start(
    node(`
      const { writeSync } = require('node:fs');
      const ask = () => { writeSync(1, 'x'.repeat(65_536)); socket.write('?'); };
      const socket = require('node:net').connect(${port}, '127.0.0.1', ask);
      let asked = 1;
      socket.on('data', () => { if (asked++ < 50) ask(); else socket.destroy(); });`),
  );
  await recorder.exitOf('runtime');
  expect(printedAt).toEqual(Array.from({ length: 50 }, (_, i) => (i + 1) * 65_536));
});

test('after a reset neither output nor unaccepted connections of earlier processes arrive', async () => {
  const { connection, recorder, port } = await inits.open('handover');
  let connections = 0;
  recorder.onConnected = (socket) => {
    connections += 1;
    socket.destroy();
  };
  const busy = node(`
    const { connect } = require('node:net');
    const again = () => { process.stdout.write('old\\n'); connect(${port}, '127.0.0.1').on('error', () => undefined).on('close', again); };
    for (let i = 0; i < 20; i++) again();`);
  for (let round = 0; round < 5; round += 1) {
    const wanted = connections + 20;
    connection.start(busy);
    // Each connection follows a line; the recorder checks at each line.
    await recorder.until(() => connections > wanted);
    await connection.reset();
    const before = { connections, printed: recorder.text('runtime').length };
    connection.start(runtime('echo new'));
    await recorder.until(() => recorder.text('runtime').slice(before.printed).endsWith('new\n'));
    await connection.figures();
    expect(connections).toBe(before.connections);
    expect(recorder.text('runtime').slice(before.printed)).toBe('new\n');
  }
});

test('flags that a process sets on its pipes do not affect the next process', async () => {
  const { connection, recorder } = await inits.open('handover');
  // Node.js makes its output non-blocking, for all who have the pipe.
  connection.start(node("process.stdout.write('x')"));
  await recorder.exitOf('runtime');
  recorder.exits.clear();
  connection.start(runtime('head -c 3000000 /dev/zero'));
  expect(await recorder.exitOf('runtime')).toEqual({ code: 0, outOfMemory: false });
  expect(recorder.text('runtime')).toHaveLength(3_000_001);
});

test('figures requested before the end are answered before it', async () => {
  const receiver = await inits.receiver();
  for (let round = 0; round < 20; round += 1) {
    const { connection } = await inits.openAt(receiver);
    const figures = connection.figures({ withinMs: 60_000 });
    connection.quit();
    expect((await figures).currentBytes).toBeGreaterThanOrEqual(0);
  }
});

test('many inits hand over at the same time, each its own descriptors', async () => {
  const receiver = await inits.receiver();
  await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const init = await inits.openAt(receiver);
      const { connection, recorder, port } = init;
      const connected = new Promise<Duplex>((resolve) => {
        recorder.onConnected = resolve;
      });
      connection.start(runtime(`echo I am ${i}`));
      const client = connect(port, '127.0.0.1').on('error', () => undefined);
      client.end(`for ${i}`);
      expect(String((await once(await connected, 'data'))[0])).toBe(`for ${i}`);
      await recorder.exitOf('runtime');
      expect(recorder.events).toEqual([`runtime stdout I am ${i}`, 'runtime exited 0']);
      init.process.kill('SIGKILL');
      // What it had accepted ends with it.
      await once(client, 'close');
    }),
  );
});

test('nothing accepts connections after the init has ended', async () => {
  const init = await inits.open('handover');
  init.process.kill('SIGKILL');
  await init.recorder.until(() => init.recorder.lostReasons.length > 0);
  const [failure] = await once(connect(init.port, '127.0.0.1'), 'error');
  expect(failure).toMatchObject({ code: 'ECONNREFUSED' });
});

test('rejects an init with another token', async () => {
  const receiver = await inits.receiver();
  const strange = inits.openAt(receiver, (address) => address.replace(/[0-9a-f]{32}$/, 'f'.repeat(32)));
  await expect(strange).rejects.toThrow('its descriptors have not arrived');
});

/** Of the one that this process has started. */
function receiverPid(): number {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'latin1')
    .trim()
    .split(' ');
  const isReceiver = (pid: string) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('\0receive\0');
  const [pid, ...others] = children.filter(isReceiver).map(Number);
  if (pid === undefined || others.length > 0) throw new Error(`One receiver was expected among ${children}.`);
  return pid;
}

test('reports a receiver that has ended, and inits relay from then on', async () => {
  const lost = deferred<void>();
  const receiver = await inits.receiver(lost.resolve);
  process.kill(receiverPid(), 'SIGKILL');
  await lost.promise;
  const { connection, recorder } = await inits.openAt(receiver);
  expect(connection.direct).toBe(false);
  connection.start(runtime('echo here'));
  await recorder.exitOf('runtime');
  expect(recorder.text('runtime')).toBe('here\n');
});

test('one init waits for a receiver that does not answer, and later ones relay at once', async () => {
  let losses = 0;
  const receiver = await inits.receiver(() => {
    losses += 1;
  });
  process.kill(receiverPid(), 'SIGSTOP');
  try {
    const first = await inits.openAt(receiver);
    expect(first.connection.direct).toBe(false);
    expect(first.gate.address).toMatch(/:[0-9a-f]{32}$/);
    for (let i = 0; i < 3; i++) {
      const later = await inits.openAt(receiver);
      expect(later.gate.address).not.toMatch(/:[0-9a-f]{32}$/); // without a token an init offers nothing
      expect(later.connection.direct).toBe(false);
    }
    expect(losses).toBe(1);
  } finally {
    process.kill(receiverPid(), 'SIGCONT');
  }
});

test('gives up a receiver whose descriptors do not arrive within 100 ms', async () => {
  const program = join(inits.folder.path, 'receive');
  await writeFile(
    program,
    `#!${process.execPath}
    process.send('ready');
    process.on('disconnect', () => process.exit());`,
    { mode: 0o755 },
  );
  const clock = new TestClock();
  const opening = Receiver.open(program, inits.folder.path, clock);
  await untilTrue(() => clock.alarms.includes(100));
  clock.advance(100);
  expect(await opening).toBeUndefined();
});

test('gives up a receiver whose program does not run', async () => {
  expect(
    await Receiver.open(join(inits.folder.path, 'none'), inits.folder.path, systemClock),
  ).toBeUndefined();
  expect(await Receiver.open('/bin/false', inits.folder.path, systemClock)).toBeUndefined();
});

test('the receiver ends with the process that started it', async () => {
  const binary = await initBinary();
  const parent = spawn(
    process.execPath,
    [
      '-e',
      `const child = require('node:child_process').spawn(${JSON.stringify(binary)}, ['receive', 'receiver.sock'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
       child.once('message', () => console.log(child.pid));`,
    ],
    { cwd: inits.folder.path, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [printed] = await once(parent.stdout, 'data');
  const pid = Number(printed);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  const lives = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  await untilTrue(() => !lives());
});
