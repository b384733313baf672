import type { FunctionRegistry } from '../../functions/registry/functions';
import type { Registry } from '../../functions/registry/registry';
import type { Operations } from '../operations';
import { pageOf } from '../paging';
import { functionOf, targetOf } from '../references';
import { configurationOf } from './function-configuration';

/** Operations on versions: https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html */
export function versionOperations(registry: Registry, functions: FunctionRegistry): Operations {
  return {
    PublishVersion: (input, caller) => {
      const functionName = functionOf(input, caller);
      const { CodeSha256: codeSha256, Description: description, RevisionId: revisionId } = input;
      const record = functions.publish(caller, functionName, {
        ...(codeSha256 !== undefined && { codeSha256 }),
        ...(description !== undefined && { description }),
        ...(revisionId !== undefined && { revisionId }),
      });
      return configurationOf(record, caller, { qualifier: record.version });
    },

    ListVersionsByFunction: (input, caller) => {
      const { functionName } = targetOf(input, caller);
      const latest = registry.function(caller, functionName);
      const published = registry.versions.list(caller, { prefix: `${functionName}:` });
      const all = [latest, ...published.map(({ document }) => document)];
      const { items, NextMarker } = pageOf(
        all,
        ({ version }) => (version === '$LATEST' ? '' : version.padStart(10, '0')),
        input,
      );
      return {
        Versions: items.map((record) =>
          configurationOf(record, caller, { listed: true, qualifier: record.version }),
        ),
        ...(NextMarker !== undefined && { NextMarker }),
      };
    },
  };
}
