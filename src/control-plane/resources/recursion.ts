import { type RecursionConfig, recursionConfigs } from '../../functions/registry/recursion';
import { functionOwner } from '../../functions/registry/state';
import type { Operations } from '../operations';
import { targetOf } from '../references';
import type { ResourceParts } from './parts';

/** Whether a function that invokes itself in a loop is stopped. */
export function recursionOperations({ registry }: ResourceParts): Operations {
  const configs = recursionConfigs(registry);
  return {
    PutFunctionRecursionConfig(input, caller) {
      const { functionName } = targetOf(input, caller);
      return registry.database.transaction(() => {
        registry.function(caller, functionName);
        const config: RecursionConfig = { RecursiveLoop: input.RecursiveLoop };
        configs.put(caller, functionName, config, functionOwner(functionName));
        return config;
      });
    },

    GetFunctionRecursionConfig(input, caller) {
      const { functionName } = targetOf(input, caller);
      registry.function(caller, functionName);
      return configs.get(caller, functionName) ?? { RecursiveLoop: 'Terminate' };
    },
  };
}
