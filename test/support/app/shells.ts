import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const interactive = {
  bash: ['bash', '--norc', '--noprofile', '-i'],
  zsh: ['zsh', '-f', '-i'],
  fish: ['fish', '--no-config', '-i'],
} as const;

export type ShellName = keyof typeof interactive;

const bin = (name: string) => `/usr/bin/${name}`;

/** Installs the shells that this machine lacks, as packages of the distribution. */
export async function installShells(): Promise<void> {
  const missing = ['zsh', 'fish'].filter((name) => !existsSync(bin(name)));
  if (missing.length === 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...words: readonly string[]) =>
    promisify(execFile)('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...words], { env });
  try {
    await apt('update', '-qq');
    await apt('install', '-y', '-qq', '--no-install-recommends', ...missing);
  } catch (cause) {
    throw new Error(`Cannot install ${missing.join(' and ')}. Install: apt-get install zsh fish`, { cause });
  }
}

/** A shell at a terminal, typed into as a person does. */
export class InteractiveShell implements AsyncDisposable {
  #shown = '';
  readonly #terminal;
  readonly #ended: Promise<unknown>;

  /** @param environment has at least `PATH` and `HOME` */
  constructor(name: ShellName, environment: Readonly<Record<string, string>>) {
    const command = interactive[name].join(' ');
    // `script` gives it a terminal. It ends with its input.
    this.#terminal = spawn('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], {
      env: { TERM: 'dumb', PS1: '> ', ...environment },
    });
    this.#terminal.stdout.on('data', (bytes: Buffer) => {
      this.#shown += bytes.toString();
    });
    this.#ended = once(this.#terminal.stdout, 'close');
    this.#terminal.stdin.on('error', () => undefined);
  }

  type(keys: string): void {
    this.#terminal.stdin.write(keys);
  }

  /** Resolves once the terminal shows what matches. */
  async shows(pattern: RegExp): Promise<void> {
    const { stdout } = this.#terminal;
    while (!pattern.test(this.#shown)) {
      if (stdout.destroyed) throw new Error(`The shell has ended:\n${this.#shown}`);
      await Promise.race([once(stdout, 'data'), this.#ended]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode } = this.#terminal;
    if (exitCode !== null || signalCode !== null) return;
    const ended = once(this.#terminal, 'close');
    this.#terminal.kill('SIGKILL');
    await ended;
  }
}
