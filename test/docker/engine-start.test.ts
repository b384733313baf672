import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineClient } from '../../src/cli/host/engine-client';
import { type EngineProgram, startEngine } from '../../src/cli/host/engine-start';
import { TemporaryFolder } from '../support/temporary-folder';

/** An engine of its own beside the machine's: other folders, no network of containers. */
function ownEngine(folder: string): EngineProgram {
  const socketPath = join(folder, 'engine.sock');
  const pidFile = join(folder, 'engine.pid');
  return {
    command: 'dockerd',
    arguments: [
      ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', pidFile],
      ...['--host', `unix://${socketPath}`, '--bridge=none', '--iptables=false', '--ip-forward=false'],
    ],
    socketPath,
    pidFiles: { dockerd: pidFile, containerd: join(folder, 'exec/containerd/containerd.pid') },
    logFile: join(folder, 'engine.log'),
  };
}

async function stopEngine({ pidFiles }: EngineProgram): Promise<void> {
  const pid = Number(await readFile(pidFiles.dockerd, 'utf8'));
  process.kill(pid, 'SIGTERM');
  // It is nobody's child here any more: its entry in /proc is what tells.
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await once(AbortSignal.timeout(50), 'abort');
  }
}

test('an engine that was killed starts again, though its number belongs to another program now', async () => {
  await using folder = await TemporaryFolder.make();
  const engine = ownEngine(folder.path);
  await writeFile(engine.pidFiles.dockerd, String(process.pid));
  await startEngine(engine);
  try {
    expect(await new EngineClient(engine.socketPath).name()).toMatch(/^Docker \d+\./);
    expect(await readFile(engine.pidFiles.dockerd, 'utf8')).not.toBe(String(process.pid));
  } finally {
    await stopEngine(engine);
  }
}, 90_000);

test('an engine that cannot start is told at once, with the end of its log', async () => {
  await using folder = await TemporaryFolder.make();
  const engine = ownEngine(folder.path);
  const broken = { ...engine, arguments: [...engine.arguments, '--no-such-flag'] };
  const failure = await startEngine(broken).catch((error: Error) => error.message);
  expect(failure).toMatch(
    /^The Docker engine could not be started: it ended with exit code \d+\. The end of /,
  );
  expect(failure).toContain('unknown flag: --no-such-flag');
}, 90_000);
