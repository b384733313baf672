import { formatFunctionArn } from '../../aws/arn';
import type { AliasChange, AliasRegistry } from '../../functions/registry/aliases';
import type { AliasRecord } from '../../functions/registry/records';
import type { Caller } from '../caller';
import type { Operations } from '../operations';
import { pageOf } from '../paging';
import { targetOf } from '../references';

/** Operations on aliases: https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html */
export function aliasOperations(aliases: AliasRegistry): Operations {
  return {
    CreateAlias: (input, caller) => {
      const { functionName } = targetOf(input, caller);
      const change = { ...changeOf(input), version: input.FunctionVersion };
      return shown(aliases.create(caller, functionName, input.Name, change), caller);
    },

    GetAlias: (input, caller) =>
      shown(aliases.get(caller, targetOf(input, caller).functionName, input.Name), caller),

    ListAliases: (input, caller) => {
      const all = aliases.list(caller, targetOf(input, caller).functionName, input.FunctionVersion);
      const { items, NextMarker } = pageOf(all, ({ name }) => name, input);
      return {
        Aliases: items.map((alias) => shown(alias, caller)),
        ...(NextMarker !== undefined && { NextMarker }),
      };
    },

    UpdateAlias: (input, caller) => {
      const { functionName } = targetOf(input, caller);
      return shown(aliases.update(caller, functionName, input.Name, changeOf(input)), caller);
    },

    DeleteAlias: (input, caller) => {
      aliases.delete(caller, targetOf(input, caller).functionName, input.Name);
      return undefined;
    },
  };
}

interface AliasInput {
  readonly FunctionVersion?: string;
  readonly Description?: string;
  readonly RoutingConfig?: { readonly AdditionalVersionWeights?: Readonly<Record<string, number>> };
  readonly RevisionId?: string;
}

function changeOf({ FunctionVersion, Description, RoutingConfig, RevisionId }: AliasInput): AliasChange {
  return {
    ...(FunctionVersion !== undefined && { version: FunctionVersion }),
    ...(Description !== undefined && { description: Description }),
    ...(RoutingConfig && { weights: RoutingConfig.AdditionalVersionWeights ?? {} }),
    ...(RevisionId !== undefined && { revisionId: RevisionId }),
  };
}

function shown(
  { functionName, name, version, description, weights, revisionId }: AliasRecord,
  caller: Caller,
) {
  const { region, accountId } = caller;
  return {
    AliasArn: formatFunctionArn({ region, accountId, functionName, qualifier: name }),
    Name: name,
    FunctionVersion: version,
    Description: description,
    ...(Object.keys(weights).length > 0 && { RoutingConfig: { AdditionalVersionWeights: weights } }),
    RevisionId: revisionId,
  };
}
