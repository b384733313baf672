import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { type Clock, systemClock } from '../../lib/clock';
import { Problem } from '../problem';
import { poll } from '../wait';
import { EngineClient } from './engine-client';
import { run, systemFolders } from './run';

/** A Docker engine that can be started on this host. */
export interface EngineProgram {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly socketPath: string;
  /** Files with the process ids of the engine and its containerd. */
  readonly pidFiles: Readonly<Record<'dockerd' | 'containerd', string>>;
  readonly logFile: string;
}

export const systemEngine: EngineProgram = {
  // Without a login shell root's path may lack the folders of dockerd and iptables.
  command: 'sh',
  arguments: ['-c', `PATH=$PATH:${systemFolders} exec dockerd`],
  socketPath: '/var/run/docker.sock',
  pidFiles: { dockerd: '/var/run/docker.pid', containerd: '/var/run/docker/containerd/containerd.pid' },
  logFile: '/var/log/dockerd.log',
};

const longestStartMs = 60_000;

/** Starts the engine in a new session, so that it outlives this process. Resolves when it responds. */
export async function startEngine(program: EngineProgram, clock: Clock = systemClock): Promise<void> {
  if (program === systemEngine && existsSync('/run/systemd/system')) {
    // systemd must start its services itself, or its state is wrong.
    const { code, tail } = await run(['systemctl', 'start', 'docker']);
    if (code !== 0)
      throw new Problem(`systemctl start docker failed. Fix what it reports, then run this again:\n${tail}`);
    return waitForEngine(program, clock, () => undefined);
  }
  await clearStalePidFiles(program.pidFiles);
  const log = openSync(program.logFile, 'a');
  const child = spawn(program.command, program.arguments, { detached: true, stdio: ['ignore', log, log] });
  let ended: string | undefined;
  child.on('error', (error) => {
    ended = error.message;
  });
  child.on('exit', (code, signal) => {
    ended = `it exited with ${signal ?? `code ${code}`}`;
  });
  child.unref();
  await waitForEngine(program, clock, () => ended);
}

async function waitForEngine(
  { socketPath, logFile }: EngineProgram,
  clock: Clock,
  ended: () => string | undefined,
): Promise<void> {
  const client = new EngineClient(socketPath);
  const result = await poll(clock, { everyMs: 100, forMs: longestStartMs }, async () => {
    const why = ended();
    if (why !== undefined) return why;
    return (await client.ping()) === 'up' ? 'up' : undefined;
  });
  if (result === 'up') return;
  const why = result ?? `it does not respond after ${longestStartMs / 1_000} s`;
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const tail = log.trimEnd().split('\n').slice(-10).join('\n');
  throw new Problem(`Cannot start the Docker engine: ${why}. The last lines of ${logFile}:\n${tail}`);
}

/**
 * After a crash these files name dead processes. The engine takes a living process with such a number, or a zombie of
 * its own, for itself and does not start.
 */
async function clearStalePidFiles(files: EngineProgram['pidFiles']): Promise<void> {
  for (const [name, file] of Object.entries(files)) {
    const pid = (await readFile(file, 'utf8').catch(() => '')).trim();
    if (pid === '') continue;
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const lives = stat.startsWith(`${pid} (${name}) `) && !stat.startsWith(`${pid} (${name}) Z`);
    if (!lives) await rm(file, { force: true });
  }
}
