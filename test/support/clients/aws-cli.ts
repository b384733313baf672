import { execFile } from 'node:child_process';
import type { StartedTestContainer } from 'testcontainers';
import { pythonContainer, pythonProgram } from '../engine/python-container';

const environment = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_PAGER: '',
};

interface CliAnswer {
  readonly code: number;
  readonly output: string;
}

type Run = (command: readonly string[]) => Promise<CliAnswer>;

/** The command line wants a file for an answer's payload; what is in it comes behind what is printed. */
const withPayload = 'file=$(mktemp); "$@" "$file"; code=$?; cat "$file"; rm "$file"; exit $code';

/** AWS's own command line: this machine's where it has one, else one in a container. */
export class AwsCli implements AsyncDisposable {
  private constructor(
    private readonly program: readonly string[],
    private readonly runs: Run,
    private readonly version: string,
    private readonly container?: StartedTestContainer,
  ) {}

  static async open(): Promise<AwsCli> {
    const own = await onThisMachine(['aws', '--version']).catch(() => undefined);
    if (own?.code === 0) return new AwsCli(['aws'], onThisMachine, own.output);
    const container = await (await pythonContainer('aws-cli', environment)).start();
    const runs: Run = async (command) => {
      const { exitCode, output } = await container.exec([...command]);
      return { code: exitCode, output };
    };
    const program = [pythonProgram, '-m', 'awscli'];
    const { output } = await runs([...program, '--version']);
    return new AwsCli(program, runs, output, container);
  }

  /** `aws lambda invoke`: what it says, then the answer's payload. */
  invoke(functionName: string, payload: unknown, words: readonly string[]): Promise<CliAnswer> {
    // Its second version takes payloads as base64 by default.
    const format = this.version.includes('aws-cli/2') ? ['--cli-binary-format', 'raw-in-base64-out'] : [];
    return this.runs([
      ...['/bin/sh', '-c', withPayload, 'sh', ...this.program],
      ...['lambda', 'invoke', '--function-name', functionName, '--payload', JSON.stringify(payload)],
      ...[...format, ...words],
    ]);
  }

  /** `aws lambda …`; what it prints. Files named in words have to be in the shared folder. */
  lambda(words: readonly string[]): Promise<CliAnswer> {
    return this.runs([...this.program, 'lambda', ...words]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.container?.stop();
  }
}

const onThisMachine: Run = ([program = '', ...words]) => {
  const { PATH = '', HOME = '' } = process.env;
  return new Promise((resolve, reject) => {
    const env = { PATH, HOME, ...environment };
    execFile(program, words, { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, output: stdout + stderr });
      else reject(error);
    });
  });
};
