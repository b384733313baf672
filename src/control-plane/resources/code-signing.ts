import { randomBytes } from 'node:crypto';
import { LambdaError } from '../../aws/errors';
import { functionOwner } from '../../functions/registry/state';
import { Tags } from '../../functions/registry/tags';
import type { Caller } from '../caller';
import type { Operations } from '../operations';
import { pageOf } from '../paging';
import { arnOf, targetOf } from '../references';
import {
  type CodeSigningConfig,
  codeSigningArn,
  codeSigningConfigs,
  codeSigningId,
  codeSigningUses,
  existingSigningId,
  noSuchCodeSigningConfig,
} from './code-signing-configs';
import type { ResourceParts } from './parts';

/** Code signing configurations, and which functions have one. They are stored and shown; no signature is checked. */
export function codeSigningOperations({ registry }: ResourceParts): Operations {
  const configs = codeSigningConfigs(registry);
  const uses = codeSigningUses(registry);
  const tags = new Tags(registry.database);

  const stored = (arn: string, caller: Caller): CodeSigningConfig => {
    const id = codeSigningId(arn, caller);
    const config = id === undefined ? undefined : configs.get(caller, id);
    if (config === undefined) throw noSuchCodeSigningConfig(arn);
    return config;
  };
  const users = (id: string, caller: Caller): string[] =>
    uses
      .list(caller)
      .filter(({ document }) => document.id === id)
      .map(({ key }) => key);

  return {
    CreateCodeSigningConfig(input, caller) {
      const { AllowedPublishers, CodeSigningPolicies, Description = '', Tags: tagged = {} } = input;
      const config: CodeSigningConfig = {
        id: newId(),
        description: Description,
        AllowedPublishers,
        untrusted: CodeSigningPolicies?.UntrustedArtifactOnDeployment ?? 'Warn',
        modifiedMs: registry.nowMs(),
      };
      registry.database.transaction(() => {
        configs.put(caller, config.id, config);
        if (Object.keys(tagged).length > 0) tags.add(caller, tagKey(config.id), tagged);
      });
      return { CodeSigningConfig: toConfiguration(config, caller) };
    },

    GetCodeSigningConfig: ({ CodeSigningConfigArn: arn }, caller) => ({
      CodeSigningConfig: toConfiguration(stored(arn, caller), caller),
    }),

    UpdateCodeSigningConfig({ CodeSigningConfigArn: arn, ...change }, caller) {
      const { AllowedPublishers, CodeSigningPolicies, Description } = change;
      const untrusted = CodeSigningPolicies?.UntrustedArtifactOnDeployment;
      return registry.database.transaction(() => {
        const config: CodeSigningConfig = {
          ...stored(arn, caller),
          ...(Description !== undefined && { description: Description }),
          ...(AllowedPublishers && { AllowedPublishers }),
          ...(untrusted && { untrusted }),
          modifiedMs: registry.nowMs(),
        };
        configs.replace(caller, config.id, config);
        return { CodeSigningConfig: toConfiguration(config, caller) };
      });
    },

    DeleteCodeSigningConfig({ CodeSigningConfigArn: arn }, caller) {
      registry.database.transaction(() => {
        const { id } = stored(arn, caller);
        if (users(id, caller).length > 0) {
          // The documentation has the rule; the text is a guess.
          throw new LambdaError(
            'ResourceConflictException',
            `The code signing configuration ${arn} is in use by functions and cannot be deleted.`,
          );
        }
        configs.remove(caller, id);
        tags.removeAll(caller, tagKey(id));
      });
      return undefined;
    },

    ListCodeSigningConfigs(input, caller) {
      const { items, ...next } = pageOf(configs.list(caller), ({ key }) => key, input);
      return { CodeSigningConfigs: items.map(({ document }) => toConfiguration(document, caller)), ...next };
    },

    ListFunctionsByCodeSigningConfig(input, caller) {
      const { id } = stored(input.CodeSigningConfigArn, caller);
      const { items, ...next } = pageOf(users(id, caller), (name) => name, input);
      return { FunctionArns: items.map((functionName) => arnOf(caller, { functionName })), ...next };
    },

    PutFunctionCodeSigningConfig(input, caller) {
      const { CodeSigningConfigArn: arn } = input;
      const { functionName } = targetOf(input, caller);
      return registry.database.transaction(() => {
        const id = existingSigningId(registry, caller, arn);
        registry.function(caller, functionName);
        uses.put(caller, functionName, { id }, functionOwner(functionName));
        return { CodeSigningConfigArn: arn, FunctionName: functionName };
      });
    },

    GetFunctionCodeSigningConfig(input, caller) {
      const { functionName } = targetOf(input, caller);
      registry.function(caller, functionName);
      const use = uses.get(caller, functionName);
      // Without one the service answers an object without members.
      return use ? { CodeSigningConfigArn: codeSigningArn(use.id, caller), FunctionName: functionName } : {};
    },

    DeleteFunctionCodeSigningConfig(input, caller) {
      const { functionName } = targetOf(input, caller);
      registry.function(caller, functionName);
      uses.remove(caller, functionName);
      return undefined;
    },
  };
}

const tagKey = (id: string) => `code-signing-config:${id}`;

function toConfiguration(
  { id, description, AllowedPublishers, untrusted, modifiedMs }: CodeSigningConfig,
  caller: Caller,
) {
  return {
    CodeSigningConfigId: id,
    CodeSigningConfigArn: codeSigningArn(id, caller),
    Description: description,
    AllowedPublishers,
    CodeSigningPolicies: { UntrustedArtifactOnDeployment: untrusted },
    LastModified: new Date(modifiedMs).toISOString(),
  };
}

const newId = () => `csc-0${randomBytes(8).toString('hex')}`;
