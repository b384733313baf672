import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { ProcessSpec } from '../../../src/engine/engine';
import { decode, FrameReader, type InitEvent } from '../../../src/engine/init/frames';
import { Gate, type GateOptions } from '../../../src/engine/init/gate';
import type { InitConnection } from '../../../src/engine/init/init-connection';
import { Receiver } from '../../../src/engine/init/receiver';
import { systemClock } from '../../../src/lib/clock';
import { Recorder } from '../engine/recorder';
import { TemporaryFolder } from '../lib/temporary-folder';
import { initBinary } from './init-binary';

/** A running init that has reported at its gate. */
interface StartedInit {
  readonly process: ChildProcess;
  readonly connection: InitConnection;
  readonly recorder: Recorder;
  readonly gate: Gate;
  /** Where it relays from, on 127.0.0.1. */
  readonly port: number;
}

/** An init whose emulator is the test itself, which reads when it wants to. */
interface ScriptedEmulator {
  readonly init: ChildProcess;
  readonly control: Socket;
  /** What comes on the control connection, from behind the hello on. */
  events(): AsyncGenerator<InitEvent>;
}

const unshareCommand = '/usr/bin/unshare';

/** Root may make namespaces; who is not makes a user namespace first. */
const namespaces = ['--pid', '--mount', '--ipc', '--fork', '--kill-child'];
const unshare = process.getuid?.() === 0 ? namespaces : ['--user', '--map-root-user', ...namespaces];

/**
 * Gives PID 1 the folders that a sandbox has for itself, and a name with an IPv6 address at which its emulator does not
 * listen. The binary is opened before they hide it.
 */
const asPid1 = `
  exec 3<"$0" &&
  if [ -n "$CGROUP_FOLDER" ]; then mount --bind "$CGROUP_FOLDER" /sys/fs/cgroup; fi &&
  mount -t proc proc /proc && mount -t tmpfs tmpfs /opt && mount -t tmpfs tmpfs /dev/shm && mount -t tmpfs tmpfs /tmp &&
  printf '::1 localhost\\n127.0.0.1 localhost\\n' >/opt/hosts && mount --bind /opt/hosts /etc/hosts &&
  mkdir -p /opt/extensions/folder && touch /opt/extensions/b /opt/extensions/a /opt/extensions/plain &&
  chmod +x /opt/extensions/b /opt/extensions/a && ln -s /bin/true /opt/extensions/c &&
  exec /proc/self/fd/3 "$@"`;

/** The inits of each test of a file. Those that still run when their test ends are ended then. */
export function initsOfEachTest(): Inits {
  const inits = new Inits();
  beforeAll(initBinary);
  beforeEach(() => inits.begin());
  afterEach(() => inits.end());
  return inits;
}

class Inits {
  #folder: TemporaryFolder | undefined;
  #running: ChildProcess[] = [];
  #gates: Gate[] = [];
  #receivers: Receiver[] = [];

  async begin(): Promise<void> {
    this.#folder = await TemporaryFolder.make();
  }

  get folder(): TemporaryFolder {
    if (this.#folder === undefined) throw new Error('No test of this file is running.');
    return this.#folder;
  }

  /** An ordinary process. With `handover` it hands over at a Unix socket; else it relays. */
  async open(transport: 'unix' | 'handover' | 'tcp'): Promise<StartedInit> {
    if (transport === 'handover') return this.openAt(await this.receiver());
    const options: GateOptions =
      transport === 'unix'
        ? { transport, folder: this.folder.path }
        : { transport, bindHost: '127.0.0.1', advertisedHost: 'localhost' };
    return this.#start(options, launch);
  }

  /** One that hands over to this receiver, if it can, with a token that is changed on the way if wanted. */
  async openAt(receiver: Receiver, changed = (address: string) => address): Promise<StartedInit> {
    const folder = await mkdtemp(join(this.folder.path, 'sandbox-'));
    const options: GateOptions = { transport: 'unix', folder, receiver };
    return this.#start(options, (binary, address, port) => launch(binary, changed(address), port));
  }

  async receiver(lost?: () => void): Promise<Receiver> {
    // Beside the folders of sandboxes, as there.
    const folder = await mkdtemp(join(this.folder.path, 'receiver-'));
    const receiver = await Receiver.open(await initBinary(), folder, systemClock, lost);
    if (receiver === undefined) throw new Error('The receiver has not started.');
    this.#receivers.push(receiver);
    return receiver;
  }

  /**
   * PID 1 of a namespace with its own `/tmp`, `/dev/shm`, `/opt` (which has extensions) and System V IPC. What lies in
   * `cgroupFolder` it finds at `/sys/fs/cgroup`.
   */
  openAsPid1({ cgroupFolder = '' } = {}): Promise<StartedInit> {
    const options: GateOptions = { transport: 'tcp', bindHost: '127.0.0.1', advertisedHost: 'localhost' };
    return this.#start(options, (...all) =>
      spawn(unshareCommand, [...unshare, 'sh', '-c', asPid1, ...all], {
        stdio: 'inherit',
        env: { ...process.env, CGROUP_FOLDER: cgroupFolder },
      }),
    );
  }

  async scripted(): Promise<ScriptedEmulator> {
    const path = join(this.folder.path, 'api.sock');
    const server = createServer().listen(path);
    await once(server, 'listening');
    const init = spawn(await initBinary(), [`unix:${path}`, String(await freePort())], { stdio: 'inherit' });
    this.#running.push(init);
    const [control]: Socket[] = await once(server, 'connection');
    server.close();
    if (control === undefined) throw new Error('no connection');
    const greetingAndHello = 'control\n'.length + 12;
    while (control.readableLength < greetingAndHello) {
      await once(control, 'readable');
      control.read(0);
    }
    control.read(greetingAndHello);
    const events = async function* (): AsyncGenerator<InitEvent> {
      const reader = new FrameReader();
      for await (const chunk of control) for (const frame of reader.push(chunk)) yield decode(frame);
    };
    return { init, control, events };
  }

  async #start(
    options: GateOptions,
    launch: (binary: string, address: string, port: string) => ChildProcess,
  ): Promise<StartedInit> {
    const gate = await Gate.open(options, systemClock);
    this.#gates.push(gate);
    const port = await freePort();
    // There is no container here, in which the folder would be /.lambdock.
    const folder = 'folder' in options ? options.folder : this.folder.path;
    const address = gate.address.replace('/.lambdock', folder);
    const init = launch(await initBinary(), address, String(port));
    this.#running.push(init);
    const connection = await gate.waiting(10_000);
    const recorder = new Recorder();
    connection.listen(recorder);
    return { process: init, connection, recorder, gate, port };
  }

  async end(): Promise<void> {
    // At a SIGTERM an ordinary init kills what it has started; with PID 1 everything in its namespace ends.
    for (const init of this.#running) init.kill(init.spawnfile === unshareCommand ? 'SIGKILL' : 'SIGTERM');
    for (const gate of this.#gates) await gate.close();
    for (const receiver of this.#receivers) await receiver.close();
    this.#running = [];
    this.#gates = [];
    this.#receivers = [];
    await this.#folder?.[Symbol.asyncDispose]();
    this.#folder = undefined;
  }
}

const launch = (binary: string, ...more: string[]) =>
  spawn(binary, more, { stdio: 'inherit', env: { SECRET_OF_INIT: 'yes' } });

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A shell script as a process named `a`. */
export const shell = (script: string, more: Partial<ProcessSpec> = {}): ProcessSpec => ({
  name: 'a',
  command: ['sh', '-c', script],
  workingDirectory: '/',
  environment: { PATH: '/usr/local/bin:/usr/bin:/bin' },
  ...more,
});

/** Runs a script to its end, and tells what it printed. */
export async function printed({ connection, recorder }: StartedInit, script: string): Promise<string> {
  connection.start(shell(script));
  await recorder.exitOf('a');
  return recorder.text('a');
}

/** The process id that `a` has printed as its first word. */
export async function printedPid({ recorder }: StartedInit): Promise<number> {
  await recorder.untilPrinted('a', '\n');
  return Number.parseInt(recorder.text('a'), 10);
}

/** The letter of a process's state in /proc (`T` stopped), undefined once the process has ended. */
export function state(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.charAt(0);
  } catch {
    return undefined;
  }
}

/** Resolves when a process has reached a state. The kernel emits no event, so each answer of the init is a check. */
export async function untilState({ connection }: StartedInit, pid: number, wanted: string): Promise<void> {
  while (state(pid) !== wanted) await connection.figures();
}

/** The one child of a process, once there is one. */
export async function childOf({ pid }: ChildProcess): Promise<number> {
  const children = () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
  await untilTrue(() => children() !== '');
  return Number.parseInt(children(), 10);
}

/** For what the kernel emits no event of: checks until it holds, or the test times out. */
export async function untilTrue(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setImmediate(resolve));
}
