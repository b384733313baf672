import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const main = join(__dirname, '..', '..', '..', 'dist', 'main.js');

/** Longer than lambdock gives its own shutdown. */
const endsWithinMs = 30_000;

export interface CommandOptions {
  readonly input?: string;
  /** Beside `PATH` and `HOME`; nothing else of the test's own environment is handed on. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** Another program than this checkout's own command, e.g. `['npx', 'lambdock']`. */
  readonly program?: readonly [string, ...string[]];
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command as a process of its own, as a user starts it. */
export class RunningCommand implements AsyncDisposable {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #waiting: { readonly pattern: RegExp; readonly resolve: (match: RegExpExecArray) => void }[] = [];
  #stdout = '';
  #stderr = '';

  constructor(words: readonly string[], options: CommandOptions = {}) {
    const { PATH = '', HOME = '' } = process.env;
    const [program, ...first] = options.program ?? [process.execPath, main];
    const child = spawn(program, [...first, ...words], {
      cwd: options.workingDirectory,
      env: { PATH, HOME, ...options.environment },
      // In a process group of its own, as a shell starts it.
      detached: true,
    });
    this.#child = child;
    child.stdout.on('data', (bytes: Buffer) => {
      this.#stdout += bytes.toString();
      this.#look();
    });
    child.stderr.on('data', (bytes: Buffer) => {
      this.#stderr += bytes.toString();
      this.#look();
    });
    // A command that ends early closes its input under us; its exit code says what there is to say.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) =>
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr }),
      );
    });
  }

  /** Resolves as soon as one of the two outputs has it; rejects when the command ends without. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    const found = new Promise<RegExpExecArray>((resolve) => {
      this.#waiting.push({ pattern, resolve });
      this.#look();
    });
    const over = this.ended.then(({ code, stdout, stderr }) => {
      throw new Error(`it ended with ${code} before it printed ${pattern}:\n${stdout}${stderr}`);
    });
    return Promise.race([found, over]);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** As a terminal or a service manager sends it: to the command and everything that it has started. */
  signalGroup(name: NodeJS.Signals): void {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, name);
  }

  /** Ends as a user ends it, so that it takes its containers along: a kill could leave one that is just being created. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    const tooLong = setTimeout(() => this.#child.kill('SIGKILL'), endsWithinMs);
    await this.ended.finally(() => clearTimeout(tooLong));
  }

  #look(): void {
    for (const { pattern, resolve } of this.#waiting) {
      const match = pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr);
      if (match) resolve(match);
    }
  }
}

export function runCommand(words: readonly string[], options?: CommandOptions): Promise<Ended> {
  return new RunningCommand(words, options).ended;
}
