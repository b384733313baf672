import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LambdaClient } from '@aws-sdk/client-lambda';

/** Root may mount; other users make a user namespace first. */
const unshare = ['--mount', ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'])];

interface EmulatorOptions {
  /** Puts the data folder on a disk of this size, which only this process sees and which goes with it. */
  readonly diskMiB?: number;
}

/** lambdock in a process of its own, without an engine and without functions of a file: see `emulator-process.ts`. */
export class Emulator implements AsyncDisposable {
  #output = '';
  readonly #ended: Promise<unknown>;

  private constructor(
    private readonly process: ChildProcess,
    readonly client: LambdaClient,
    private readonly folder: string,
  ) {
    this.#ended = once(process, 'exit');
    process.stderr?.on('data', (bytes: Buffer) => {
      this.#output += bytes.toString();
    });
  }

  /** Resolves once it has logged this text. */
  async logs(text: string): Promise<void> {
    const { stderr } = this.process;
    while (!this.#output.includes(text)) {
      if (stderr === null || stderr.destroyed)
        throw new Error(`It has not logged "${text}":\n${this.#output}`);
      await Promise.race([once(stderr, 'data'), this.#ended]);
    }
  }

  /** Its data folder as other processes reach it. */
  get dataFolder(): string {
    return `/proc/${this.process.pid}/root${join(this.folder, 'data')}`;
  }

  /** Starts one on `data` in this folder, beside those that may be there; resolves when it answers. */
  static async start(folder: string, { diskMiB }: EmulatorOptions = {}): Promise<Emulator> {
    const template = join(folder, 'lambdock.yaml');
    if (!existsSync(template)) writeFileSync(template, 'functions: {}\n');
    mkdirSync(join(folder, 'cache'), { recursive: true });
    const data = join(folder, 'data');
    const program = [process.execPath, '--require', join(__dirname, '..', 'jest', 'typescript.cjs')];
    program.push(join(__dirname, 'emulator-process.ts'), template, data);
    if (diskMiB !== undefined) {
      mkdirSync(data, { recursive: true });
      const mounted = `mount -t tmpfs -o size=${diskMiB}m tmpfs "$0" && exec "$@"`;
      program.unshift('unshare', ...unshare, 'sh', '-c', mounted, data);
    }
    const [command = '', ...words] = program;
    const child = spawn(command, words, {
      env: { ...process.env, TYPESCRIPT_CACHE: join(folder, 'cache') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      if (!child.stdout) throw new Error('there is no output to read');
      const ended = once(child, 'exit').then(([code]) => {
        throw new Error(`the emulator ended with ${code} before it answered`);
      });
      const [endpoint] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const client = new LambdaClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
      return new Emulator(child, client, folder);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** As a loss of power does; resolves when it is gone. */
  async kill(): Promise<void> {
    this.client.destroy();
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
