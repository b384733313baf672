import { LambdaError } from '../../aws/errors';
import { type Intake, takeZip } from '../../functions/code-intake';
import type { LayerRegistry } from '../../functions/layer-registry';
import type { LayerRecord } from '../../functions/records';
import { hexToBase64 } from '../../lib/hash';
import type { Caller } from '../caller';
import type { Operations } from '../operations';
import { pageOf } from '../paging';
import { timestamp } from './function-configuration';

export interface LayerParts {
  readonly layers: LayerRegistry;
  readonly intake: Intake;
  /** Where this server is reached, e.g. `http://127.0.0.1:9000`. */
  readonly address: () => string;
}

const nameOf = (nameOrArn: string) => /:layer:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;

interface Compatible {
  readonly CompatibleRuntime?: string;
  readonly CompatibleArchitecture?: string;
}

/** Operations on layers: https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html */
export function layerOperations({ layers, intake, address }: LayerParts): Operations {
  const content = ({ hash, codeSha256, sizeBytes }: LayerRecord) => ({
    Location: `${address()}/_lambdock/code/${hash}.zip`,
    CodeSha256: codeSha256,
    CodeSize: sizeBytes,
  });
  const whole = (record: LayerRecord, caller: Caller) => ({
    ...brief(record, caller),
    LayerArn: layerArn(record.layerName, caller),
    Content: content(record),
  });
  const existing = (caller: Caller, name: string, version: number): LayerRecord => {
    const record = layers.get(caller, nameOf(name), version);
    if (record) return record;
    throw new LambdaError('ResourceNotFoundException', 'The resource you requested does not exist.');
  };

  return {
    PublishLayerVersion: async (input, caller) => {
      const { ZipFile, S3Bucket, S3Key, S3ObjectVersion } = input.Content;
      const object =
        S3Bucket !== undefined && S3Key !== undefined
          ? {
              bucket: S3Bucket,
              key: S3Key,
              ...(S3ObjectVersion !== undefined && { version: S3ObjectVersion }),
            }
          : undefined;
      const { hash, sizeBytes, unzippedBytes } = await takeZip(intake, 'layers', {
        ...(ZipFile && { zip: ZipFile }),
        ...(object && { object }),
      });
      const record = layers.publish(caller, {
        layerName: nameOf(input.LayerName),
        description: input.Description ?? '',
        ...(input.LicenseInfo !== undefined && { licenseInfo: input.LicenseInfo }),
        ...(input.CompatibleRuntimes && { runtimes: input.CompatibleRuntimes }),
        ...(input.CompatibleArchitectures && { architectures: input.CompatibleArchitectures }),
        hash,
        codeSha256: hexToBase64(hash),
        sizeBytes,
        unzippedBytes,
      });
      return whole(record, caller);
    },

    GetLayerVersion: (input, caller) => whole(existing(caller, input.LayerName, input.VersionNumber), caller),

    GetLayerVersionByArn: (input, caller) => {
      const [, , , region, accountId, , name = '', version] = input.Arn.split(':');
      const own = region === caller.region && accountId === caller.accountId;
      return whole(existing(caller, own ? name : '', Number(version)), caller);
    },

    ListLayers: (input, caller) => {
      const latest = new Map<string, LayerRecord>();
      for (const record of layers.list(caller).filter((each) => isCompatible(each, input)))
        latest.set(record.layerName, record);
      const { items, NextMarker } = pageOf([...latest.values()], ({ layerName }) => layerName, input);
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
      const all = layers.list(caller, nameOf(input.LayerName)).toReversed();
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
      layers.delete(caller, nameOf(input.LayerName), input.VersionNumber);
      return undefined;
    },
  };
}

function layerArn(layerName: string, { region, accountId }: Caller): string {
  return `arn:aws:lambda:${region}:${accountId}:layer:${layerName}`;
}

function brief(record: LayerRecord, caller: Caller): object {
  const { layerName, version, description, licenseInfo, runtimes, architectures, createdMs } = record;
  return {
    LayerVersionArn: `${layerArn(layerName, caller)}:${version}`,
    Version: version,
    Description: description,
    CreatedDate: timestamp(createdMs),
    ...(runtimes && { CompatibleRuntimes: runtimes }),
    ...(architectures && { CompatibleArchitectures: architectures }),
    ...(licenseInfo !== undefined && { LicenseInfo: licenseInfo }),
  };
}

/** A layer that does not say what it is for is for nothing in particular: it is not found by what it is for. */
function isCompatible({ runtimes, architectures }: LayerRecord, asked: Compatible): boolean {
  const { CompatibleRuntime: runtime, CompatibleArchitecture: architecture } = asked;
  return (
    (runtime === undefined || runtimes?.includes(runtime) === true) &&
    (architecture === undefined || architectures?.includes(architecture) === true)
  );
}
