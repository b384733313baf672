import { spawn } from 'node:child_process';
import { LineSplitter } from '../../lib/text/lines';

export type Command = readonly [string, ...string[]];

export interface RunOptions {
  /** Added to this process's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** Each line of standard output and standard error, as it comes. */
  readonly line?: (text: string) => void;
}

export interface Ran {
  /** 127 if the program does not exist, 128 if a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  /** The last lines of both outputs, for error messages. */
  readonly tail: string;
}

const tailLines = 15;

/** Runs a program until it exits, without a shell and without standard input. Never rejects. */
export function run([program, ...words]: Command, options: RunOptions = {}): Promise<Ran> {
  // `env` adds to what is inherited, so that only settings.ts reads this process's environment.
  const added = Object.entries(options.environment ?? {}).map(([key, value]) => `${key}=${value}`);
  const [first, ...rest]: Command =
    added.length > 0 ? ['env', ...added, program, ...words] : [program, ...words];
  return new Promise((resolve) => {
    const child = spawn(first, rest, { stdio: ['ignore', 'pipe', 'pipe'], cwd: options.workingDirectory });
    const last: string[] = [];
    const take = (line: string) => {
      last.push(line);
      if (last.length > tailLines) last.shift();
      options.line?.(line);
    };
    let stdout = '';
    const splitters = [child.stdout, child.stderr].map((stream) => {
      const splitter = new LineSplitter();
      stream.on('data', (bytes: Buffer) => splitter.push(bytes).forEach(take));
      return splitter;
    });
    child.stdout.on('data', (bytes: Buffer) => {
      stdout += bytes.toString();
    });
    child.on('error', (error) => resolve({ code: 127, stdout, tail: error.message }));
    child.on('close', (code) => {
      for (const splitter of splitters) splitter.flush().forEach(take);
      resolve({ code: code ?? 128, stdout, tail: last.join('\n') });
    });
  });
}

/** Folders with programs for root. */
export const systemFolders = '/usr/local/sbin:/usr/sbin:/sbin';

export async function isInstalled(program: string): Promise<boolean> {
  return (await run(['sh', '-c', `PATH=$PATH:${systemFolders} command -v ${program}`])).code === 0;
}
