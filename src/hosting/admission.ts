import { limits } from '../aws/limits';
import { Concurrency } from '../execution/concurrency';
import type { ConcurrencyRegistry } from '../functions/registry/concurrency';

/** Lets invocations begin within the account's limit and what the registry reserves and provisions. */
export function admissionBy(concurrency: ConcurrencyRegistry): Concurrency {
  return new Concurrency({
    limit: limits.concurrency,
    reserved: () => concurrency.allReserved,
    provisioned: () => concurrency.everyProvisioned,
    isProvisioned: (version) => concurrency.isProvisioned(version),
  });
}
