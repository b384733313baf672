import type { Fleet } from '../execution/fleet';
import type { Provisioned } from '../execution/pool';
import type { ConcurrencyRegistry } from '../functions/concurrency-registry';
import type { ProvisionedConcurrency } from '../functions/records';
import type { Registry, Served } from '../functions/registry';
import type { Place } from '../functions/state';

/** Keeps environments ahead of need as provisioned concurrency is configured, and follows aliases with it. */
export class Provisioning {
  /** What was asked of the fleet last, by function: a change elsewhere does not try again what has failed. */
  readonly #asked = new Map<string, string>();

  constructor(
    private readonly registry: Registry,
    private readonly concurrency: ConcurrencyRegistry,
    private readonly fleet: Fleet,
  ) {
    registry.onChange((place, functionName) => this.#follow(place, functionName));
    for (const { place, record } of registry.everyServed()) this.#follow(place, record.functionName);
  }

  /** How far a configuration has got: the sum over the versions that its qualifier stands for. */
  of(place: Place, config: ProvisionedConcurrency): Provisioned {
    const served = this.registry.served(place, config.functionName);
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

  #follow(place: Place, functionName: string): void {
    const served = this.registry.served(place, functionName);
    const configs = served ? this.concurrency.allProvisioned(place, functionName) : [];
    const wanted = new Map<string, number>();
    for (const config of served ? configs : []) {
      for (const [number, count] of served ? shares(served, config) : [])
        wanted.set(number, (wanted.get(number) ?? 0) + count);
    }
    const versions = [...(served?.versions ?? [])];
    const key = `${place.region} ${place.accountId} ${functionName}`;
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

/** How many environments of which versions; an alias with weights shares them out as it does invocations. */
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
