import { AliasRegistry } from '../functions/alias-registry';
import type { Intake } from '../functions/code-intake';
import type { ConcurrencyRegistry } from '../functions/concurrency-registry';
import type { FunctionRegistry } from '../functions/function-registry';
import type { Registry } from '../functions/registry';
import { Tags } from '../functions/tags';
import type { Caller } from './caller';
import type { Operations } from './operations';
import type { Provisioning } from './provisioning';
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
  readonly intake: Intake;
  /** Where a caller reaches this server, e.g. `http://127.0.0.1:9000`. */
  readonly addressFor: (caller: Caller) => string;
}

/** Every operation on functions, versions, aliases, layers and their concurrency. */
export function deployedOperations(parts: DeployedParts): Operations {
  const { registry, functions, concurrency, provisioning, intake, addressFor } = parts;
  return {
    ...functionOperations({ registry, functions, intake, addressFor, tags: new Tags(registry.database) }),
    ...versionOperations(registry, functions),
    ...aliasOperations(new AliasRegistry(registry)),
    ...layerOperations({ registry, intake, addressFor }),
    ...concurrencyOperations(concurrency, provisioning),
  };
}
