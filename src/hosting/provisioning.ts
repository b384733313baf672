import type { Fleet } from '../execution/fleet';
import type { Provisioned } from '../execution/pool';
import type { ConcurrencyRegistry } from '../functions/registry/concurrency';
import type { ProvisionedConcurrency } from '../functions/registry/records';
import type { Registry, Served } from '../functions/registry/registry';
import type { Scope } from '../functions/registry/state';

/** Keeps environments ahead of need as provisioned concurrency is configured, and follows aliases with it. */
export class Provisioning {
  /** Last request to the fleet by function, so that an unrelated change does not retry a failed one. */
  readonly #asked = new Map<string, string>();

  constructor(
    private readonly registry: Registry,
    private readonly concurrency: ConcurrencyRegistry,
    private readonly fleet: Fleet,
  ) {
    registry.onChange((scope, functionName) => this.#follow(scope, functionName));
    for (const { scope, record } of registry.everyServed()) this.#follow(scope, record.functionName);
  }

  /** Progress of a configuration: the sum over its qualifier's versions. */
  of(scope: Scope, config: ProvisionedConcurrency): Provisioned {
    const served = this.registry.served(scope, config.functionName);
    const parts = served ? [...shares(served, config).keys()] : [];
    const found = parts.flatMap((number) => {
      const version = served?.versions.get(number);
      return version ? [this.fleet.provisioned(version)] : [];
    });
    return {
      allocated: found.reduce((sum, each) => sum + each.allocated, 0),
      available: found.reduce((sum, each) => sum + each.available, 0),
      failed: found.some((each) => each.failed),
    };
  }

  #follow(scope: Scope, functionName: string): void {
    const served = this.registry.served(scope, functionName);
    const configs = served ? this.concurrency.allProvisioned(scope, functionName) : [];
    const wanted = new Map<string, number>();
    for (const config of served ? configs : []) {
      for (const [number, count] of served ? shares(served, config) : [])
        wanted.set(number, (wanted.get(number) ?? 0) + count);
    }
    const versions = [...(served?.versions ?? [])];
    const key = `${scope.region} ${scope.accountId} ${functionName}`;
    const asked = JSON.stringify([
      configs,
      versions.map(([number, { revision }]) => [number, revision, wanted.get(number)]),
    ]);
    if (asked === this.#asked.get(key)) return;
    this.#asked.set(key, asked);
    for (const [number, version] of versions)
      if (number !== '$LATEST') this.fleet.provision(version, wanted.get(number) ?? 0);
  }
}

/** Environments by version; a weighted alias splits them like its invocations. */
function shares({ aliases }: Served, { qualifier, requested }: ProvisionedConcurrency): Map<string, number> {
  const alias = aliases.get(qualifier);
  if (alias === undefined) return new Map([[qualifier, requested]]);
  const counts = new Map<string, number>();
  let left = requested;
  for (const [number, weight] of Object.entries(alias.weights)) {
    const count = Math.min(left, Math.ceil(requested * weight));
    counts.set(number, count);
    left -= count;
  }
  return counts.set(alias.version, left);
}
