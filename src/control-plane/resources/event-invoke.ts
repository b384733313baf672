import { LambdaError } from '../../aws/errors';
import {
  type Destinations,
  type EventInvokeConfig,
  eventInvokeConfigs,
} from '../../functions/registry/event-invoke';
import type { Caller } from '../caller';
import type { Operations } from '../operations';
import { pageOf } from '../paging';
import { arnOf, type ResourceTarget, targetOf } from '../references';
import { exists, invalidValue, type ResourceParts, targetKey, targetOwner } from './parts';

type Settings = Partial<Pick<EventInvokeConfig, 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds'>> & {
  readonly DestinationConfig?: Destinations;
};

/** Operations on retries and destinations of asynchronous invocations. */
export function eventInvokeOperations({ registry }: ResourceParts): Operations {
  const configs = eventInvokeConfigs(registry.database);

  const target = (input: Parameters<typeof targetOf>[0], caller: Caller): Required<ResourceTarget> => {
    const { functionName, qualifier = '$LATEST' } = targetOf(input, caller);
    return { functionName, qualifier };
  };
  const stored = (caller: Caller, asked: Required<ResourceTarget>): EventInvokeConfig => {
    const config = configs.get(caller, targetKey(asked));
    if (config !== undefined) return config;
    throw new LambdaError(
      'ResourceNotFoundException',
      `The function ${arnOf(caller, asked)} doesn't have an EventInvokeConfig`,
    );
  };
  const check = (caller: Caller, asked: Required<ResourceTarget>, settings: Settings) => {
    const { MaximumRetryAttempts: retries, MaximumEventAgeInSeconds: age, DestinationConfig: to } = settings;
    if (retries === undefined && age === undefined && to === undefined) {
      throw invalidValue('You must specify at least one of error handling or destination setting.');
    }
    if (!exists(registry, caller, asked)) throw noSuchFunction();
    checkDestinations(caller, asked, to ?? {});
  };
  const checkDestinations = (caller: Caller, asked: ResourceTarget, to: Destinations) => {
    for (const arn of [to.OnSuccess?.Destination, to.OnFailure?.Destination]) {
      if (arn === undefined || arn === '') continue;
      const service = arn.split(':')[2] ?? '';
      if (!destinationServices.has(service)) {
        throw invalidValue(`The provided destination config ${javaText(to)} is invalid.`);
      }
      const [, , , region = ''] = arn.split(':');
      if (region !== '' && region !== caller.region) {
        throw invalidValue(`The destination ARN ${arn} is invalid.`);
      }
      if (service !== 'lambda') continue;
      const { functionName } = asked;
      if (arn === arnOf(caller, { functionName }) || arn.startsWith(`${arnOf(caller, { functionName })}:`)) {
        throw invalidValue("You can't specify the function as a destination for itself.");
      }
      if (!exists(registry, caller, targetOf({ FunctionName: arn }, caller))) {
        throw invalidValue(`The destination ARN ${arn} is invalid.`);
      }
    }
  };
  const write = (caller: Caller, asked: Required<ResourceTarget>, settings: Settings) => {
    const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = settings;
    const config: EventInvokeConfig = {
      qualifier: asked.qualifier,
      lastModifiedMs: registry.nowMs(),
      ...(MaximumRetryAttempts !== undefined && { MaximumRetryAttempts }),
      ...(MaximumEventAgeInSeconds !== undefined && { MaximumEventAgeInSeconds }),
      DestinationConfig: { OnSuccess: {}, OnFailure: {}, ...DestinationConfig },
    };
    configs.put(caller, targetKey(asked), config, targetOwner(asked));
    return toConfiguration(caller, asked.functionName, config);
  };

  return {
    PutFunctionEventInvokeConfig(input, caller) {
      const asked = target(input, caller);
      return registry.database.transaction(() => {
        check(caller, asked, input);
        return write(caller, asked, input);
      });
    },

    UpdateFunctionEventInvokeConfig(input, caller) {
      const asked = target(input, caller);
      return registry.database.transaction(() => {
        check(caller, asked, input);
        const before = stored(caller, asked);
        const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = input;
        return write(caller, asked, {
          ...before,
          ...(MaximumRetryAttempts !== undefined && { MaximumRetryAttempts }),
          ...(MaximumEventAgeInSeconds !== undefined && { MaximumEventAgeInSeconds }),
          DestinationConfig: { ...before.DestinationConfig, ...DestinationConfig },
        });
      });
    },

    GetFunctionEventInvokeConfig(input, caller) {
      const asked = target(input, caller);
      return toConfiguration(caller, asked.functionName, stored(caller, asked));
    },

    DeleteFunctionEventInvokeConfig(input, caller) {
      const asked = target(input, caller);
      stored(caller, asked);
      configs.remove(caller, targetKey(asked));
      return undefined;
    },

    ListFunctionEventInvokeConfigs(input, caller) {
      const { functionName } = targetOf(input, caller);
      if (!exists(registry, caller, { functionName })) throw noSuchFunction();
      const all = configs.list(caller, { prefix: `${functionName}:` });
      const { items, ...next } = pageOf(all, ({ key }) => key, input);
      return {
        FunctionEventInvokeConfigs: items.map(({ document }) =>
          toConfiguration(caller, functionName, document),
        ),
        ...next,
      };
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const destinationServices: ReadonlySet<string> = new Set(['sqs', 'sns', 's3', 'lambda', 'events']);

const noSuchFunction = () => new LambdaError('ResourceNotFoundException', "The function doesn't exist.");

function toConfiguration(caller: Caller, functionName: string, config: EventInvokeConfig): object {
  const { qualifier, lastModifiedMs, ...settings } = config;
  return {
    LastModified: lastModifiedMs / 1_000,
    FunctionArn: arnOf(caller, { functionName, qualifier }),
    ...settings,
  };
}

/** The service's error has the configuration as its own language prints it. */
function javaText({ OnSuccess, OnFailure }: Destinations): string {
  const one = (name: string, to: Destinations['OnSuccess']) =>
    to ? `${name}(destination=${to.Destination ?? null})` : 'null';
  return `DestinationConfig(onSuccess=${one('OnSuccess', OnSuccess)}, onFailure=${one('OnFailure', OnFailure)})`;
}
