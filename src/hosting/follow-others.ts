import type { Registry } from '../functions/registry/registry';

/** Takes up what other lambdocks have deployed in the same data folder. What is known already is better than no answer. */
export function followOthers(registry: Registry, fail: (error: Error) => void, thoroughly = false): void {
  try {
    registry.follow(thoroughly);
  } catch (error) {
    fail(error instanceof Error ? error : new Error(String(error)));
  }
}
