import { type ChildProcess, spawn } from 'node:child_process';

export interface ChildOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** How long it may take to end by itself when it is told to. */
  readonly graceMs?: number;
}

const keptOutput = 20_000;

/** A process of the benchmark's, which does not outlive it. */
export class Child {
  /** When it was started, as `performance.now` counts. */
  readonly startedMs = performance.now();
  readonly #process: ChildProcess;
  readonly #command: string;
  readonly #graceMs: number;
  readonly #ended: Promise<string>;
  readonly #listeners = new Set<() => void>();
  #output = '';

  constructor(command: string, argv: readonly string[], options: ChildOptions = {}) {
    const { environment, folder, graceMs = 5_000 } = options;
    this.#command = [command, ...argv].join(' ');
    this.#graceMs = graceMs;
    this.#process = spawn(command, argv, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(environment && { env: environment }),
      ...(folder !== undefined && { cwd: folder }),
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.#keep(chunk));
    }
    this.#ended = new Promise((resolve) => {
      this.#process.once('error', (error) => resolve(error.message));
      this.#process.once('close', (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`));
    });
  }

  /** Resolves with the match when the output has it; rejects with the output when the process ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(this.#output);
        if (!match) return;
        this.#listeners.delete(look);
        resolve(match);
      };
      this.#listeners.add(look);
      look();
      void this.#ended.then((how) => reject(this.#failure(how)));
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Resolves to how it ended. */
  get ended(): Promise<string> {
    return this.#ended;
  }

  /** Rejects when it ends. */
  async untilEnd(): Promise<never> {
    throw this.#failure(await this.#ended);
  }

  /** Resolves when it has ended in good order. */
  async done(): Promise<string> {
    await this.#ended;
    if (this.#process.exitCode !== 0) throw this.#failure(await this.#ended);
    return this.#output;
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.#process.kill(signal);
    const late = setTimeout(() => this.#process.kill('SIGKILL'), this.#graceMs);
    await this.#ended;
    clearTimeout(late);
  }

  #keep(chunk: Buffer): void {
    this.#output = (this.#output + chunk.toString()).slice(-keptOutput);
    for (const listener of this.#listeners) listener();
  }

  #failure(how: string): Error {
    return new Error(`${this.#command}: ${how}\n${this.#output.slice(-3_000)}`);
  }
}

/** Runs a command to its end; resolves to what it printed. */
export function run(command: string, ...argv: readonly string[]): Promise<string> {
  return new Child(command, argv).done();
}
