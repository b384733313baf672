import type { Input } from '../../aws/constraints';
import { LambdaError } from '../../aws/errors';
import { acceptedRuntimes, layerRuntimes, runtimeIdentifiers } from '../../aws/runtime-identifiers';
import { type CodeSources, checkZippedSize, takeZip } from '../../functions/build/uploaded-code';
import {
  type LayerReference,
  layerAccessDenied,
  layerReference,
  sharedLayer,
} from '../../functions/registry/layer-access';
import { LayerRegistry } from '../../functions/registry/layers';
import type { LayerRecord } from '../../functions/registry/records';
import type { Registry } from '../../functions/registry/registry';
import { hexToBase64 } from '../../lib/hash';
import { architectures } from '../../runtimes/runtimes';
import type { Caller } from '../caller';
import type { Operations } from '../operations';
import { pageOf } from '../paging';
import { timestamp } from './function-configuration';
import { invalidValue, noSuchResource } from './parts';
import { placeOf, referredObject, s3ObjectOf } from './s3-objects';

export interface LayerParts {
  readonly registry: Registry;
  readonly sources: CodeSources;
  /** Where a caller reaches this server, e.g. `http://127.0.0.1:9000`. */
  readonly addressFor: (caller: Caller) => string;
}

interface Compatible {
  readonly CompatibleRuntime?: string;
  readonly CompatibleArchitecture?: string;
}

/** Operations on layers: https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html */
export function layerOperations({ registry, sources, addressFor }: LayerParts): Operations {
  const layers = new LayerRegistry(registry);
  const content = ({ hash, codeSha256, sizeBytes, object }: LayerRecord, caller: Caller) => ({
    Location: `${addressFor(caller)}/_lambdock/code/${hash}.zip`,
    CodeSha256: codeSha256,
    CodeSize: sizeBytes,
    ...(object && { ResolvedS3Object: object }),
  });
  const whole = (record: LayerRecord, caller: Caller) => ({
    Description: '',
    ...brief(record, caller),
    LayerArn: layerArn(record.layerName, caller),
    Content: content(record, caller),
  });
  /** A layer version of the caller, or one shared with it. */
  const existing = (caller: Caller, layer: LayerReference) => {
    if (layer.version !== undefined && layer.version < 1) throw belowOne();
    const record = sharedLayer(registry, caller, layer);
    if (record) return whole(record, { ...caller, ...layer.scope });
    throw noSuchResource();
  };

  return {
    PublishLayerVersion: async (input, caller) => {
      const { ZipFile, ...s3 } = input.Content;
      checkCompatibility(input);
      checkZippedSize(ZipFile);
      const object = s3ObjectOf(s3);
      const { hash, sizeBytes, unzippedBytes } = await takeZip(sources, 'layers', {
        name: `layer ${ownName('PublishLayerVersion', input.LayerName, caller)}`,
        ...(ZipFile && { zip: ZipFile }),
        ...(object && { object: placeOf(object) }),
      });
      const record = layers.publish(caller, {
        layerName: ownName('PublishLayerVersion', input.LayerName, caller),
        ...(input.Description !== undefined && { description: input.Description }),
        ...(input.LicenseInfo !== undefined && { licenseInfo: input.LicenseInfo }),
        ...(input.CompatibleRuntimes && { runtimes: input.CompatibleRuntimes }),
        ...(input.CompatibleArchitectures && { architectures: input.CompatibleArchitectures }),
        hash,
        codeSha256: hexToBase64(hash),
        sizeBytes,
        unzippedBytes,
        ...referredObject(s3, object),
      });
      return whole(record, caller);
    },

    GetLayerVersion: ({ LayerName, VersionNumber }, caller) =>
      existing(caller, { ...layerReference(LayerName, caller), version: VersionNumber }),

    GetLayerVersionByArn: ({ Arn }, caller) => existing(caller, layerReference(Arn, caller)),

    ListLayers: (input, caller) => {
      const latest = new Map<string, LayerRecord>();
      for (const record of layers.list(caller).filter((each) => isCompatible(each, input)))
        latest.set(record.layerName, record);
      // Differs from the order of their versions' keys, in which a colon follows the name.
      const byName = [...latest.values()].sort((one, other) => (one.layerName < other.layerName ? -1 : 1));
      const { items, NextMarker } = pageOf(byName, ({ layerName }) => layerName, input);
      return {
        Layers: items.map((record) => ({
          LayerName: record.layerName,
          LayerArn: layerArn(record.layerName, caller),
          LatestMatchingVersion: brief(record, caller),
        })),
        ...(NextMarker !== undefined && { NextMarker }),
      };
    },

    ListLayerVersions: (input, caller) => {
      const all = layers.list(caller, ownName('ListLayerVersions', input.LayerName, caller)).toReversed();
      const { items, NextMarker } = pageOf(
        all.filter((each) => isCompatible(each, input)),
        // The newest first, and keys ascend.
        ({ version }) => String(10_000_000_000 - version),
        input,
      );
      return {
        LayerVersions: items.map((record) => brief(record, caller)),
        ...(NextMarker !== undefined && { NextMarker }),
      };
    },

    DeleteLayerVersion: (input, caller) => {
      if (input.VersionNumber < 1) throw belowOne();
      layers.delete(caller, ownName('DeleteLayerVersion', input.LayerName, caller), input.VersionNumber);
      return undefined;
    },
  };
}

interface Compatibility {
  readonly name: string;
  readonly max: number;
  readonly rule: string;
}

const amongAll = (values: readonly string[]) => `Member must satisfy enum value set: [${values.join(', ')}]`;

/** Recorded: the texts differ from those for other members. */
function checkCompatibility({
  CompatibleRuntimes,
  CompatibleArchitectures,
}: Input<'PublishLayerVersion'>): void {
  const broken = (values: readonly string[] = [], known: readonly string[], what: Compatibility) => {
    const failed = `Value '[${values.join(', ')}]' at '${what.name}' failed to satisfy constraint: `;
    if (values.length > what.max)
      return [`${failed}Member must have length less than or equal to ${what.max}`];
    return values.every((value) => known.includes(value)) ? [] : [`${failed}${what.rule}`];
  };
  const all = [
    ...broken(CompatibleRuntimes, [...runtimeIdentifiers, ...layerRuntimes], {
      name: 'compatibleRuntimes',
      max: 15,
      rule: amongAll(acceptedRuntimes),
    }),
    ...broken(CompatibleArchitectures, architectures, {
      name: 'compatibleArchitectures',
      max: 2,
      rule: `Member must satisfy constraint: [${amongAll(architectures)}, Member must not be null]`,
    }),
  ];
  if (all.length === 0) return;
  const found = `${all.length} validation error${all.length === 1 ? '' : 's'} detected`;
  throw new LambdaError('ValidationException', `${found}: ${all.join('; ')}`);
}

const belowOne = () => invalidValue('Layer Version Cannot be less than 1');

/** Layer policies share only versions; other operations on another account's layers are refused. */
function ownName(action: string, nameOrArn: string, caller: Caller): string {
  const { scope, name } = layerReference(nameOrArn, caller);
  if (scope.accountId !== caller.accountId) throw layerAccessDenied(caller, action, nameOrArn);
  if (scope.region !== caller.region) throw noSuchResource();
  return name;
}

function layerArn(layerName: string, { region, accountId }: Caller): string {
  return `arn:aws:lambda:${region}:${accountId}:layer:${layerName}`;
}

function brief(record: LayerRecord, caller: Caller): object {
  const { layerName, version, description, licenseInfo, runtimes, architectures, createdMs } = record;
  return {
    LayerVersionArn: `${layerArn(layerName, caller)}:${version}`,
    Version: version,
    ...(description !== undefined && { Description: description }),
    CreatedDate: timestamp(createdMs),
    ...(runtimes && { CompatibleRuntimes: runtimes }),
    ...(architectures && { CompatibleArchitectures: architectures }),
    ...(licenseInfo !== undefined && { LicenseInfo: licenseInfo }),
  };
}

/** A layer without compatible runtimes or architectures is not found by them. */
function isCompatible({ runtimes, architectures }: LayerRecord, asked: Compatible): boolean {
  const { CompatibleRuntime: runtime, CompatibleArchitecture: architecture } = asked;
  return (
    (runtime === undefined || runtimes?.includes(runtime) === true) &&
    (architecture === undefined || architectures?.includes(architecture) === true)
  );
}
