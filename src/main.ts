#!/usr/bin/env node
// Must be first: it affects only modules that are loaded after it.
import './cli/compile-cache';
import { describeFailure } from './cli/failure';
import { commandLine } from './cli/program';

// `lambdock logs | head` closes the pipe, which is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const program = commandLine((exitCode) => {
  process.exitCode = exitCode;
});

const [, , command, ...words] = process.argv;
// The scripts of `completion` call it. The words are incomplete, so they are not parsed.
const work = command === '__complete' ? complete(words) : program.parseAsync();
work.catch((error: unknown) => {
  process.exitCode = 1;
  process.stderr.write(describeFailure(error));
});

async function complete(words: readonly string[]): Promise<void> {
  const { completions } = await import('./cli/completion.js');
  const found = await completions(program, words);
  process.stdout.write(found.map((each) => `${each}\n`).join(''));
}
