import { Documents } from '../../functions/registry/state';
import type { Operations } from '../operations';
import { arnOf, targetOf } from '../references';
import { invalidValue, type ResourceParts, revisionOf, targetKey, targetOwner } from './parts';

interface RuntimeManagementConfig {
  readonly UpdateRuntimeOn: 'Auto' | 'Manual' | 'FunctionUpdate';
  readonly RuntimeVersionArn?: string;
}

/** Runtime update settings. They are only stored and returned: lambdock's runtimes change with their images. */
export function runtimeManagementOperations({ registry }: ResourceParts): Operations {
  const configs = new Documents<RuntimeManagementConfig>(registry.database, 'runtime-management-config');
  return {
    PutRuntimeManagementConfig(input, caller) {
      const target = targetOf(input, caller);
      revisionOf(registry, caller, target);
      const { UpdateRuntimeOn, RuntimeVersionArn } = input;
      // The documentation has both rules, but no text for them; these are guesses.
      if (UpdateRuntimeOn === 'Manual' && RuntimeVersionArn === undefined) {
        throw invalidValue('RuntimeVersionArn is required when UpdateRuntimeOn is Manual.');
      }
      if (UpdateRuntimeOn !== 'Manual' && RuntimeVersionArn !== undefined) {
        throw invalidValue('RuntimeVersionArn can be specified only when UpdateRuntimeOn is Manual.');
      }
      const config: RuntimeManagementConfig = {
        UpdateRuntimeOn,
        ...(RuntimeVersionArn !== undefined && { RuntimeVersionArn }),
      };
      registry.database.transaction(() => {
        // It may have been deleted since the check.
        revisionOf(registry, caller, target);
        configs.put(caller, targetKey(target), config, targetOwner(target));
      });
      return { ...config, FunctionArn: arnOf(caller, target) };
    },

    GetRuntimeManagementConfig(input, caller) {
      const target = targetOf(input, caller);
      revisionOf(registry, caller, target);
      const config = configs.get(caller, targetKey(target)) ?? { UpdateRuntimeOn: 'Auto' };
      return { ...config, FunctionArn: arnOf(caller, target) };
    },
  };
}
