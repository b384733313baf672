import type { CodeSources } from '../functions/build/uploaded-code';
import { AliasRegistry } from '../functions/registry/aliases';
import type { ConcurrencyRegistry } from '../functions/registry/concurrency';
import type { FunctionRegistry } from '../functions/registry/functions';
import type { Registry } from '../functions/registry/registry';
import { Tags } from '../functions/registry/tags';
import type { Provisioning } from '../hosting/provisioning';
import type { VisibleProgress } from '../hosting/visible-progress';
import type { Caller } from './caller';
import type { Operations } from './operations';
import { aliasOperations } from './resources/aliases';
import { concurrencyOperations } from './resources/concurrency';
import { functionOperations } from './resources/functions';
import { layerOperations } from './resources/layers';
import { versionOperations } from './resources/versions';

export interface DeployedParts {
  readonly registry: Registry;
  readonly functions: FunctionRegistry;
  readonly concurrency: ConcurrencyRegistry;
  readonly provisioning: Provisioning;
  readonly progress: VisibleProgress;
  readonly sources: CodeSources;
  /** Where a caller reaches this server, e.g. `http://127.0.0.1:9000`. */
  readonly addressFor: (caller: Caller) => string;
}

/** Every operation on functions, versions, aliases, layers and their concurrency. */
export function deployedOperations(parts: DeployedParts): Operations {
  const { registry, functions, concurrency, provisioning, progress, sources, addressFor } = parts;
  return {
    ...functionOperations({
      registry,
      functions,
      progress,
      sources,
      addressFor,
      tags: new Tags(registry.database),
    }),
    ...versionOperations(registry, functions),
    ...aliasOperations(new AliasRegistry(registry)),
    ...layerOperations({ registry, sources, addressFor }),
    ...concurrencyOperations(concurrency, provisioning, progress),
  };
}
