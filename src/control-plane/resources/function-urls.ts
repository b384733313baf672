import { LambdaError } from '../../aws/errors';
import { functionUrlId } from '../../aws/function-url';
import { type FunctionUrl, functionUrls } from '../../functions/registry/function-urls';
import type { Caller } from '../caller';
import type { Operations } from '../operations';
import { pageOf } from '../paging';
import { arnOf, type ResourceTarget, targetOf } from '../references';
import { exists, noSuchResource, type ResourceParts, targetKey, targetOwner } from './parts';

/** URLs of functions and aliases: stored, and described. */
export function functionUrlOperations({ registry, urlOf }: ResourceParts): Operations {
  const configs = functionUrls(registry.database);

  const base = (config: FunctionUrl, caller: Caller) => ({
    FunctionUrl: urlOf(config.urlId, caller.region),
    FunctionArn: arnOf(caller, config),
    AuthType: config.AuthType,
    ...(config.Cors && { Cors: config.Cors }),
    CreationTime: new Date(config.createdMs).toISOString(),
  });
  const whole = (config: FunctionUrl, caller: Caller) => ({
    ...base(config, caller),
    LastModifiedTime: new Date(config.modifiedMs).toISOString(),
    InvokeMode: config.InvokeMode,
  });
  const stored = (target: ResourceTarget, caller: Caller): FunctionUrl => {
    const config = configs.get(caller, targetKey(target));
    if (config === undefined) throw noSuchResource();
    return config;
  };

  return {
    CreateFunctionUrlConfig(input, caller) {
      const target = targetOf(input, caller);
      return registry.database.transaction(() => {
        if (!exists(registry, caller, target)) throw noSuchFunction();
        if (configs.get(caller, targetKey(target)) !== undefined) {
          throw new LambdaError(
            'ResourceConflictException',
            `Failed to create function url config for [functionArn = ${arnOf(caller, target)}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
          );
        }
        const { AuthType, Cors, InvokeMode = 'BUFFERED' } = input;
        const nowMs = registry.nowMs();
        const config: FunctionUrl = {
          ...target,
          urlId: functionUrlId(arnOf(caller, target)),
          AuthType,
          InvokeMode,
          ...(Cors && { Cors }),
          createdMs: nowMs,
          modifiedMs: nowMs,
        };
        configs.put(caller, targetKey(target), config, targetOwner(target));
        // The response has the mode only if the request had it.
        return { ...base(config, caller), ...(input.InvokeMode && { InvokeMode }) };
      });
    },

    GetFunctionUrlConfig: (input, caller) => whole(stored(targetOf(input, caller), caller), caller),

    UpdateFunctionUrlConfig(input, caller) {
      const target = targetOf(input, caller);
      if (!exists(registry, caller, target)) throw noSuchFunction();
      return registry.database.transaction(() => {
        const { AuthType, Cors, InvokeMode } = input;
        const config: FunctionUrl = {
          ...stored(target, caller),
          ...(AuthType && { AuthType }),
          ...(InvokeMode && { InvokeMode }),
          ...(Cors && { Cors }),
          modifiedMs: registry.nowMs(),
        };
        configs.replace(caller, targetKey(target), config);
        return whole(config, caller);
      });
    },

    DeleteFunctionUrlConfig(input, caller) {
      const target = targetOf(input, caller);
      stored(target, caller);
      configs.remove(caller, targetKey(target));
      return undefined;
    },

    ListFunctionUrlConfigs(input, caller) {
      const { functionName } = targetOf(input, caller);
      if (!exists(registry, caller, { functionName })) throw noSuchFunction();
      const own = configs.get(caller, functionName);
      const all = [
        ...(own ? [{ key: functionName, document: own }] : []),
        ...configs.list(caller, { prefix: `${functionName}:` }),
      ];
      const { items, ...next } = pageOf(all, ({ key }) => key, input);
      return { FunctionUrlConfigs: items.map(({ document }) => whole(document, caller)), ...next };
    },
  };
}

const noSuchFunction = () => new LambdaError('ResourceNotFoundException', 'Function does not exist');
