import { limits } from '../../aws/limits';
import type { Code } from '../../functions/registry/records';
import type { Caller } from '../caller';
import type { Operations } from '../operations';
import type { ResourceParts } from './parts';

/** Limits of the account, and what it uses of them. */
export function accountOperations({ registry }: ResourceParts): Operations {
  return {
    GetAccountSettings(_input, caller) {
      const functions = registry.functions.list(caller);
      const versions = registry.versions.list(caller);
      const codes = [...functions, ...versions].map(({ document }) => sizeOf(document.code));
      const layers = registry.layers.list(caller).map(({ document }) => document.sizeBytes);
      return {
        AccountLimit: {
          TotalCodeSize: limits.codeStorageBytes,
          CodeSizeUnzipped: limits.unzippedBytes,
          CodeSizeZipped: limits.zippedBytes,
          ConcurrentExecutions: limits.concurrency,
          UnreservedConcurrentExecutions: limits.concurrency - reserved(caller),
        },
        AccountUsage: {
          TotalCodeSize: [...codes, ...layers].reduce((sum, size) => sum + size, 0),
          FunctionCount: functions.length,
        },
      };
    },
  };

  function reserved(caller: Caller): number {
    return registry.reserved.list(caller).reduce((sum, { document }) => sum + document.reserved, 0);
  }
}

const sizeOf = (code: Code) => (code.kind === 'zip' ? code.sizeBytes : 0);
