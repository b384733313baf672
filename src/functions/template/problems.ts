import { relative } from 'node:path';

/** A problem or a warning of a template. */
export interface Problem {
  /** Line and column count from 1. They are absent if the problem concerns the whole file. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  /** Set if the problem is in another file than the template, such as a nested template. */
  readonly file?: string;
}

/** `lambdock.yaml:12:5: functions.hello.memorySize must be between 128 and 10240 MB, got 64` */
export function formatProblem(file: string, problem: Problem): string {
  const whole = problem.file ?? file;
  const near = relative(process.cwd(), whole);
  const shown = near === '' || near.startsWith('..') ? whole : near;
  const place = problem.line === undefined ? shown : `${shown}:${problem.line}:${problem.column ?? 1}`;
  return `${place}: ${problem.message}`;
}

/** All problems of a template. Its message has one line per problem. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';

  constructor(
    readonly file: string,
    readonly problems: readonly Problem[],
  ) {
    super(problems.map((problem) => formatProblem(file, problem)).join('\n'));
  }
}
