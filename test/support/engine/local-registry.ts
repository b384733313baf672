import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../lib/free-port';
import { TemporaryFolder } from '../lib/temporary-folder';

const execute = promisify(execFile);

/** bcrypt of `secret`. */
const users = 'test:$2b$05$m5eM8T0byiwsNLkel2RkEea3H9Ldkpcni8wrLEA4WHdeZqkW1wxZ.\n';

/** A container registry at the loopback address, which wants the user `test` with the password `secret`. */
export class LocalRegistry implements AsyncDisposable {
  private constructor(
    /** `127.0.0.1:PORT`, which engines reach without TLS. */
    readonly host: string,
    private readonly child: ChildProcess,
    private readonly folder: TemporaryFolder,
  ) {}

  /** Debian's package `docker-registry`, unpacked into a temporary folder. */
  static async start(): Promise<LocalRegistry> {
    const folder = await TemporaryFolder.make();
    const port = await freePort();
    await execute('apt-get', ['download', 'docker-registry'], { cwd: folder.path });
    await execute('sh', ['-c', 'dpkg -x docker-registry_*.deb .'], { cwd: folder.path });
    await writeFile(join(folder.path, 'users'), users);
    const config = {
      version: '0.1',
      storage: { filesystem: { rootdirectory: join(folder.path, 'data') } },
      http: { addr: `127.0.0.1:${port}` },
      auth: { htpasswd: { realm: 'test', path: join(folder.path, 'users') } },
    };
    // JSON is YAML.
    await writeFile(join(folder.path, 'config.yml'), JSON.stringify(config));
    const program = join(folder.path, 'usr', 'bin', 'docker-registry');
    const child = spawn(program, ['serve', join(folder.path, 'config.yml')], { stdio: 'ignore' });
    const registry = new LocalRegistry(`127.0.0.1:${port}`, child, folder);
    await registry.#listens();
    return registry;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    if (this.child.exitCode === null && this.child.kill()) await ended;
    await this.folder[Symbol.asyncDispose]();
  }

  async #listens(): Promise<void> {
    for (;;) {
      if (this.child.exitCode !== null) throw new Error(`The registry exited with ${this.child.exitCode}.`);
      const answer = await fetch(`http://${this.host}/v2/`).catch(() => undefined);
      if (answer?.status === 401) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
