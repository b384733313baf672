import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LambdaClient } from '@aws-sdk/client-lambda';

/** lambdock in a process of its own, without an engine and without functions of a file: see `emulator-process.ts`. */
export class Emulator implements AsyncDisposable {
  private constructor(
    private readonly process: ChildProcess,
    readonly client: LambdaClient,
  ) {}

  /** Starts one on `data` in this folder, beside those that may be there; resolves when it answers. */
  static async start(folder: string): Promise<Emulator> {
    const template = join(folder, 'lambdock.yaml');
    if (!existsSync(template)) writeFileSync(template, 'functions: {}\n');
    mkdirSync(join(folder, 'cache'), { recursive: true });
    const program = [join(__dirname, 'emulator-process.ts'), template, join(folder, 'data')];
    const child = spawn(
      process.execPath,
      ['--require', join(__dirname, '..', 'jest', 'typescript.cjs'), ...program],
      {
        env: { ...process.env, TYPESCRIPT_CACHE: join(folder, 'cache') },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    try {
      if (!child.stdout) throw new Error('there is no output to read');
      const ended = once(child, 'exit').then(([code]) => {
        throw new Error(`the emulator ended with ${code} before it answered`);
      });
      const [endpoint] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const client = new LambdaClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
      return new Emulator(child, client);
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
