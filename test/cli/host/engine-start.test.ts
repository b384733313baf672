import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineClient } from '../../../src/cli/host/engine-client';
import { type EngineProgram, startEngine } from '../../../src/cli/host/engine-start';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

/**
 * Behaves at its start as dockerd does: refuses where its pid file names a living process, whatever that is.
 * A second real engine would not do here: it takes the first one's bridge away.
 */
const standIn = `
  const fs = require('node:fs');
  const [socketPath, pidFile, refusal] = process.argv.slice(1);
  const pid = fs.existsSync(pidFile) ? fs.readFileSync(pidFile, 'utf8') : '';
  const reason = refusal || (pid && fs.existsSync('/proc/' + pid) && 'pid file found, is the engine running?');
  if (reason) {
    console.error('failed to start daemon: ' + reason);
    process.exit(1);
  }
  fs.writeFileSync(pidFile, String(process.pid));
  require('node:http').createServer((_, response) => response.end('OK')).listen(socketPath);
`;

function engineIn(folder: string, refusal = ''): EngineProgram {
  const socketPath = join(folder, 'engine.sock');
  const pidFile = join(folder, 'engine.pid');
  return {
    command: process.execPath,
    arguments: ['-e', standIn, socketPath, pidFile, refusal],
    socketPath,
    pidFiles: { dockerd: pidFile, containerd: join(folder, 'containerd.pid') },
    logFile: join(folder, 'engine.log'),
  };
}

test('an engine that was killed starts again, though its number belongs to another program now', async () => {
  await using folder = await TemporaryFolder.make();
  const engine = engineIn(folder.path);
  await writeFile(engine.pidFiles.dockerd, String(process.pid));
  await writeFile(engine.pidFiles.containerd, String(process.pid));
  await startEngine(engine);
  const pid = Number(await readFile(engine.pidFiles.dockerd, 'utf8'));
  try {
    expect(pid).not.toBe(process.pid);
    expect(await new EngineClient(engine.socketPath).ping()).toBe('up');
    await expect(readFile(engine.pidFiles.containerd)).rejects.toThrow('ENOENT');
    // In a session of its own, so that a Ctrl-C here does not reach it.
    const [, , , , session] = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/.*\) /, 'x ').split(' ');
    expect(Number(session)).toBe(pid);
  } finally {
    process.kill(pid, 'SIGKILL');
  }
});

test('reports at once that an engine cannot start, with the end of its log', async () => {
  await using folder = await TemporaryFolder.make();
  const engine = engineIn(folder.path, 'no iptables here');
  await expect(startEngine(engine)).rejects.toThrow(
    `Cannot start the Docker engine: it exited with code 1. The last lines of ${engine.logFile}:\nfailed to start daemon: no iptables here`,
  );
});

test("reports that the engine's program is missing", async () => {
  await using folder = await TemporaryFolder.make();
  const engine = { ...engineIn(folder.path), command: join(folder.path, 'dockerd') };
  await expect(startEngine(engine)).rejects.toThrow(
    /Cannot start the Docker engine: spawn .+dockerd ENOENT\./,
  );
});
