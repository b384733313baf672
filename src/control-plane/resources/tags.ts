import { LambdaError } from '../../aws/errors';
import { functionOwner } from '../../functions/registry/state';
import { Tags } from '../../functions/registry/tags';
import type { Caller } from '../caller';
import type { Operations } from '../operations';
import { targetOf } from '../references';
import { codeSigningConfigs, noSuchCodeSigningConfig } from './code-signing-configs';
import { eventSourceMappings } from './mappings';
import { invalidValue, noSuchResource, type ResourceParts, renewRevision } from './parts';

/** A resource that can have tags: the end of its ARN, and the function that it is, where it is one. */
interface Tagged {
  readonly key: string;
  readonly functionName?: string;
}

const notFound = (what: string, arn: string) =>
  new LambdaError('ResourceNotFoundException', `${what} not found: ${arn}`);

/** Tags of functions, code signing configurations and event source mappings. */
export function tagOperations({ registry }: ResourceParts): Operations {
  const tags = new Tags(registry.database);
  const configs = codeSigningConfigs(registry);
  const mappings = eventSourceMappings(registry);

  const find = (arn: string, caller: Caller): Tagged => {
    const [, , , region, accountId, kind = '', id = ''] = arn.split(':');
    const isHere = region === caller.region && accountId === caller.accountId;
    const key = `${kind}:${id}`;
    if (kind === 'function') {
      const { functionName, qualifier } = targetOf({ FunctionName: arn }, caller);
      if (qualifier !== undefined) {
        throw invalidValue(
          'Tags on function aliases and versions are not supported. Please specify a function ARN.',
        );
      }
      registry.function(caller, functionName);
      return { key, functionName };
    }
    switch (kind) {
      case 'code-signing-config':
        if (!isHere || configs.get(caller, id) === undefined) throw noSuchCodeSigningConfig(arn);
        return { key };
      case 'event-source-mapping':
        if (!isHere || mappings.get(caller, id) === undefined) throw notFound('Event source mapping', arn);
        return { key };
      case 'capacity-provider':
        throw notFound('Capacity provider', arn);
      default:
        throw noSuchResource();
    }
  };

  const change = (arn: string, caller: Caller, work: (tagged: Tagged) => void) => {
    const tagged = find(arn, caller);
    const { functionName } = tagged;
    if (functionName === undefined) {
      work(tagged);
      return;
    }
    registry.write(caller, functionName, () => {
      // It may have been deleted since the check.
      registry.function(caller, functionName);
      work(tagged);
      renewRevision(registry, caller, { functionName });
    });
  };

  return {
    ListTags: ({ Resource }, caller) => ({ Tags: tags.of(caller, find(Resource, caller).key) }),

    TagResource({ Resource, Tags: added }, caller) {
      change(Resource, caller, ({ key, functionName }) => {
        // The service has no better words for it.
        if (Object.keys(added).length === 0) {
          throw invalidValue('An error occurred and the request cannot be processed.');
        }
        tags.add(caller, key, added, functionName && functionOwner(functionName));
      });
      return undefined;
    },

    UntagResource({ Resource, TagKeys }, caller) {
      change(Resource, caller, ({ key }) => tags.remove(caller, key, TagKeys));
      return undefined;
    },
  };
}
