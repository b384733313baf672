import type { LayerRecord } from './records';
import type { Registry } from './registry';
import { layerOwner, removeOwned, type Scope } from './state';

const layerKey = (name: string, version: number) => `${name}:${String(version).padStart(10, '0')}`;

/** Layer versions. Numbers are never reused, and functions keep using a deleted version. */
export class LayerRegistry {
  constructor(private readonly registry: Registry) {}

  publish(scope: Scope, layer: Omit<LayerRecord, 'version' | 'createdMs'>): LayerRecord {
    const { database, layers, layerCounts, nowMs } = this.registry;
    const { layerName } = layer;
    return database.transaction(() => {
      const version = (layerCounts.get(scope, layerName)?.last ?? 0) + 1;
      const record = { ...layer, version, createdMs: nowMs() };
      layerCounts.put(scope, layerName, { last: version });
      layers.put(scope, layerKey(layerName, version), record, layerOwner(layerName, version));
      return record;
    });
  }

  get(scope: Scope, layerName: string, version: number): LayerRecord | undefined {
    return this.registry.layers.get(scope, layerKey(layerName, version));
  }

  /** Versions of one layer or all layers, by name and then by ascending version. */
  list(scope: Scope, layerName?: string): readonly LayerRecord[] {
    const prefix = layerName === undefined ? '' : `${layerName}:`;
    return this.registry.layers.list(scope, { prefix }).map(({ document }) => document);
  }

  /** Deleting a missing version succeeds. */
  delete(scope: Scope, layerName: string, version: number): void {
    this.registry.database.transaction(() =>
      removeOwned(this.registry.database, scope, layerOwner(layerName, version)),
    );
  }
}
