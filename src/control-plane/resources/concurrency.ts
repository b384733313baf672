import { formatFunctionArn } from '../../aws/arn';
import type { ConcurrencyRegistry } from '../../functions/registry/concurrency';
import type { ProvisionedConcurrency } from '../../functions/registry/records';
import type { Provisioning } from '../../hosting/provisioning';
import type { VisibleProgress } from '../../hosting/visible-progress';
import type { Caller } from '../caller';
import type { Operations } from '../operations';
import { pageOf } from '../paging';
import { functionOf, targetOf } from '../references';

/** Without fractions of seconds, unlike other times of the API. */
const timestamp = (timeMs: number) => new Date(timeMs).toISOString().replace(/\.\d+Z$/, '+0000');

const inProgress = ({ requested, lastModifiedMs }: ProvisionedConcurrency) => ({
  RequestedProvisionedConcurrentExecutions: requested,
  AvailableProvisionedConcurrentExecutions: 0,
  AllocatedProvisionedConcurrentExecutions: 0,
  Status: 'IN_PROGRESS',
  LastModified: timestamp(lastModifiedMs),
});

/**
 * Reserved and provisioned concurrency:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
export function concurrencyOperations(
  concurrency: ConcurrencyRegistry,
  provisioning: Provisioning,
  progress: VisibleProgress,
): Operations {
  const status = (config: ProvisionedConcurrency, caller: Caller) => {
    const key = `provisioned ${caller.region} ${caller.accountId} ${config.functionName}:${config.qualifier}`;
    if (progress.look(key, config.lastModifiedMs)) return inProgress(config);
    const { allocated, available, failed } = provisioning.of(caller, config);
    const ready = allocated >= config.requested;
    return {
      RequestedProvisionedConcurrentExecutions: config.requested,
      AvailableProvisionedConcurrentExecutions: available,
      AllocatedProvisionedConcurrentExecutions: allocated,
      Status: ready ? 'READY' : failed ? 'FAILED' : 'IN_PROGRESS',
      ...(failed && !ready && { StatusReason: 'FUNCTION_ERROR_INIT_FAILURE' }),
      LastModified: timestamp(config.lastModifiedMs),
    };
  };
  const target = (input: { readonly FunctionName: string; readonly Qualifier: string }, caller: Caller) => {
    const { functionName } = targetOf(input, caller);
    return [caller, functionName, input.Qualifier] as const;
  };

  return {
    PutFunctionConcurrency: (input, caller) => {
      const functionName = functionOf(input, caller, []);
      concurrency.reserve(caller, functionName, input.ReservedConcurrentExecutions);
      return { ReservedConcurrentExecutions: input.ReservedConcurrentExecutions };
    },

    GetFunctionConcurrency: (input, caller) => {
      const reserved = concurrency.reserved(caller, functionOf(input, caller, []));
      return reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved };
    },

    DeleteFunctionConcurrency: (input, caller) => {
      concurrency.free(caller, functionOf(input, caller, []));
      return undefined;
    },

    PutProvisionedConcurrencyConfig: (input, caller) => {
      const requested = input.ProvisionedConcurrentExecutions;
      return inProgress(concurrency.provision(...target(input, caller), requested));
    },

    GetProvisionedConcurrencyConfig: (input, caller) =>
      status(concurrency.provisioned(...target(input, caller)), caller),

    DeleteProvisionedConcurrencyConfig: (input, caller) => {
      concurrency.unprovision(...target(input, caller));
      return undefined;
    },

    ListProvisionedConcurrencyConfigs: (input, caller) => {
      const { functionName } = targetOf(input, caller);
      concurrency.reserved(caller, functionName);
      const all = concurrency.allProvisioned(caller, functionName);
      const { items, NextMarker } = pageOf(all, ({ qualifier }) => qualifier, input);
      const { region, accountId } = caller;
      return {
        ProvisionedConcurrencyConfigs: items.map((config) => ({
          FunctionArn: formatFunctionArn({ region, accountId, functionName, qualifier: config.qualifier }),
          ...status(config, caller),
        })),
        ...(NextMarker !== undefined && { NextMarker }),
      };
    },
  };
}
