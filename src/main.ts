#!/usr/bin/env node
import { describeFailure } from './cli/failure';
import { commandLine } from './cli/program';

// `lambdock logs | head` closes the pipe, which is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

commandLine((exitCode) => {
  process.exitCode = exitCode;
})
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = 1;
    process.stderr.write(describeFailure(error));
  });
