import type { LayerRecord } from './records';
import type { Registry } from './registry';
import { layerOwner, type Place, removeOwned } from './state';

const layerKey = (name: string, version: number) => `${name}:${String(version).padStart(10, '0')}`;

/** Versions of layers. A number is never given twice, and a function keeps what it uses when it is deleted. */
export class LayerRegistry {
  constructor(private readonly registry: Registry) {}

  publish(place: Place, layer: Omit<LayerRecord, 'version' | 'createdMs'>): LayerRecord {
    const { database, layers, layerCounts, nowMs } = this.registry;
    const { layerName } = layer;
    return database.transaction(() => {
      const version = (layerCounts.get(place, layerName)?.last ?? 0) + 1;
      const record = { ...layer, version, createdMs: nowMs() };
      layerCounts.put(place, layerName, { last: version });
      layers.put(place, layerKey(layerName, version), record, layerOwner(layerName, version));
      return record;
    });
  }

  get(place: Place, layerName: string, version: number): LayerRecord | undefined {
    return this.registry.layers.get(place, layerKey(layerName, version));
  }

  /** Of one layer, or of all: by name, an earlier version first. */
  list(place: Place, layerName?: string): readonly LayerRecord[] {
    const prefix = layerName === undefined ? '' : `${layerName}:`;
    return this.registry.layers.list(place, { prefix }).map(({ document }) => document);
  }

  /** One that is not there is as good as deleted. */
  delete(place: Place, layerName: string, version: number): void {
    this.registry.database.transaction(() =>
      removeOwned(this.registry.database, place, layerOwner(layerName, version)),
    );
  }
}
