import { sourcesOf } from '../control-plane/resources/event-sources';
import { eventSourceMappings } from '../control-plane/resources/mappings';
import type { Registry } from '../functions/registry/registry';
import type { EventSourceRow } from './contract';

/** The stored event source mappings of all accounts and regions. */
export function eventSourceRows(registry: Registry): readonly EventSourceRow[] {
  return eventSourceMappings(registry)
    .everywhere()
    .map(({ document: { uuid, functionName, qualifier, enabled, modifiedMs, settings } }) => ({
      uuid,
      sources: sourcesOf(settings),
      functionName,
      ...(qualifier !== undefined && { qualifier }),
      state: enabled ? 'Enabled' : 'Disabled',
      ...(settings.BatchSize !== undefined && { batchSize: settings.BatchSize }),
      ...(settings.MaximumBatchingWindowInSeconds !== undefined && {
        batchWindowSeconds: settings.MaximumBatchingWindowInSeconds,
      }),
      modifiedAt: new Date(modifiedMs).toISOString(),
    }));
}
