import { relative } from 'node:path';

/** Something in the template that cannot stay so. */
export interface Problem {
  /** Both from 1; absent where the file as a whole is meant. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  /** Where it is another file than the template: one that is nested in it. */
  readonly file?: string;
}

/** `lambdock.yaml:12:5: functions.hello.memorySize is 64; allowed are 128 to 10240 (MB)` */
export function formatProblem(file: string, problem: Problem): string {
  const whole = problem.file ?? file;
  const near = relative(process.cwd(), whole);
  const shown = near === '' || near.startsWith('..') ? whole : near;
  const place = problem.line === undefined ? shown : `${shown}:${problem.line}:${problem.column ?? 1}`;
  return `${place}: ${problem.message}`;
}

/** Everything that is wrong with a template, at once. Its message has a line per problem. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';

  constructor(
    readonly file: string,
    readonly problems: readonly Problem[],
  ) {
    super(problems.map((problem) => formatProblem(file, problem)).join('\n'));
  }
}
