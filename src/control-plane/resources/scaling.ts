import type { Input } from '../../aws/constraints';
import { Documents } from '../../functions/registry/state';
import type { Operations } from '../operations';
import { arnOf, type ResourceTarget, targetOf } from '../references';
import { type ResourceParts, revisionOf, targetKey, targetOwner } from './parts';

type Scaling = NonNullable<Input<'PutFunctionScalingConfig'>['FunctionScalingConfig']>;

/**
 * Bounds of environments for functions of a capacity provider: stored and shown. `$LATEST.PUBLISHED` is `$LATEST`
 * where no version is published to it, which is so for every function without a capacity provider.
 */
export function scalingOperations({ registry }: ResourceParts): Operations {
  const configs = new Documents<Scaling>(registry.database, 'scaling-config');
  const known = (target: ResourceTarget): ResourceTarget =>
    target.qualifier === '$LATEST.PUBLISHED' ? { ...target, qualifier: '$LATEST' } : target;
  return {
    PutFunctionScalingConfig(input, caller) {
      const target = targetOf(input, caller);
      return registry.database.transaction(() => {
        revisionOf(registry, caller, known(target));
        const key = targetKey(target);
        if (input.FunctionScalingConfig === undefined) configs.remove(caller, key);
        else configs.put(caller, key, input.FunctionScalingConfig, targetOwner(known(target)));
        return { FunctionState: registry.function(caller, target.functionName).state };
      });
    },

    GetFunctionScalingConfig(input, caller) {
      const target = targetOf(input, caller);
      revisionOf(registry, caller, known(target));
      const config = configs.get(caller, targetKey(target));
      return {
        FunctionArn: arnOf(caller, target),
        ...(config && { AppliedFunctionScalingConfig: config, RequestedFunctionScalingConfig: config }),
      };
    },
  };
}
