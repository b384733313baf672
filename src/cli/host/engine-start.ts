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
  /** Where it and its containerd note their process ids. */
  readonly pidFiles: Readonly<Record<'dockerd' | 'containerd', string>>;
  readonly logFile: string;
}

export const systemEngine: EngineProgram = {
  // Where root's shell was begun without a login, its path lacks the folders of dockerd and of iptables.
  command: 'sh',
  arguments: ['-c', `PATH=$PATH:${systemFolders} exec dockerd`],
  socketPath: '/var/run/docker.sock',
  pidFiles: { dockerd: '/var/run/docker.pid', containerd: '/var/run/docker/containerd/containerd.pid' },
  logFile: '/var/log/dockerd.log',
};

const longestStartMs = 60_000;

/** Starts the engine and resolves when it answers. It goes on after this process, in a session of its own. */
export async function startEngine(program: EngineProgram, clock: Clock = systemClock): Promise<void> {
  if (program === systemEngine && existsSync('/run/systemd/system')) {
    // systemd keeps the books of its services: one that it did not start itself would confuse it.
    const { code, tail } = await run(['systemctl', 'start', 'docker']);
    if (code !== 0) throw new Problem(`systemctl start docker failed:\n${tail}`);
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
    ended = `it ended with ${signal ?? `exit code ${code}`}`;
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
  const why = result ?? `it does not answer after ${longestStartMs / 1_000} s`;
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const tail = log.trimEnd().split('\n').slice(-10).join('\n');
  throw new Problem(`The Docker engine could not be started: ${why}. The end of ${logFile}:\n${tail}`);
}

/**
 * After a crash the files name processes that are gone, and when another program has got such a number
 * since, the engine believes that it runs already. The same happens with its own dead process, where no one has
 * asked for that one's exit code yet.
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
