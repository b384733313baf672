#!/usr/bin/env node
import { commandLine } from './cli/program';

/** Errors that whoever typed the command can put right: their message is all that helps. */
const forPeople: ReadonlySet<string> = new Set(['Problem', 'SettingsError', 'TemplateError', 'EngineError']);

function tell(error: unknown): void {
  process.exitCode = 1;
  if (error instanceof Error && forPeople.has(error.name))
    process.stderr.write(`lambdock: ${error.message}\n`);
  else process.stderr.write(`lambdock failed, which is a mistake in lambdock itself: ${stackOf(error)}\n`);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

// `lambdock logs | head` ends the pipe; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

commandLine((exitCode) => {
  process.exitCode = exitCode;
})
  .parseAsync()
  .catch(tell);
