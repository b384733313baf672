import { dirname } from 'node:path';
import { LambdaError } from '../../aws/errors';
import { isDiskFull, systemProblem } from '../../lib/system-problem';
import type { Registry } from './registry';

export interface StorageParts {
  readonly registry: Registry;
  readonly fail: (error: Error) => void;
}

/**
 * The error for a request whose data did not get to the disk: it names what was asked, the data folder and what to do,
 * and is logged. `InsufficientStorageException` for a full disk. Errors without such a cause come back as they are.
 * @param what e.g. `CreateFunction for greeting`
 */
export function namedStorageProblem(error: unknown, what: string, { registry, fail }: StorageParts): unknown {
  if (error instanceof LambdaError) return error;
  const problem = systemProblem(error, dirname(registry.database.file));
  if (problem === undefined) return error;
  const code = isDiskFull(error) ? 'InsufficientStorageException' : 'ServiceException';
  const named = new LambdaError(code, `${what} failed: ${problem}`);
  fail(named);
  return named;
}
