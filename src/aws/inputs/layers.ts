import { layerRuntimes } from '../runtime-identifiers';
import { bytes, lenient, list, path, query, required, requiredQuery, structure, text, whole } from '../shape';
import { runtime, s3Bucket, s3Key, s3ObjectStorageMode } from './functions';
import { anyText, architecture, description, layerVersionArn, paging, region, statementId } from './names';

const layer = {
  LayerName: path(
    text({
      min: 1,
      max: 140,
      pattern: `(arn:(aws[a-zA-Z-]*)?:lambda:${region}:\\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+`,
    }),
  ),
} as const;
const layerVersion = { ...layer, VersionNumber: path(whole()) } as const;
const compatible = {
  CompatibleRuntime: query({ ...runtime, recorded: layerRuntimes.join(', ') }),
  CompatibleArchitecture: query(architecture),
  ...paging(50),
} as const;

/** Inputs of the operations on layers and their policies. */
export const layerInputs = {
  PublishLayerVersion: {
    ...layer,
    Description: description,
    Content: required(
      structure({
        S3Bucket: s3Bucket,
        S3Key: s3Key,
        S3ObjectVersion: s3Key,
        S3ObjectStorageMode: s3ObjectStorageMode,
        ZipFile: bytes,
      }),
    ),
    CompatibleRuntimes: lenient(list(runtime, { min: 0, max: 15 })),
    LicenseInfo: text({ min: 0, max: 512, pattern: '.*' }),
    CompatibleArchitectures: lenient(list(architecture, { min: 0, max: 2 })),
  },
  GetLayerVersion: layerVersion,
  GetLayerVersionByArn: { Arn: requiredQuery(layerVersionArn) },
  DeleteLayerVersion: layerVersion,
  ListLayers: compatible,
  ListLayerVersions: { ...layer, ...compatible },
  AddLayerVersionPermission: {
    ...layerVersion,
    StatementId: required(statementId),
    Action: required(text({ min: 0, max: 22, pattern: 'lambda:GetLayerVersion' })),
    Principal: required(
      text({ min: 0, max: 10_000, pattern: '\\d{12}|\\*|arn:(aws[a-zA-Z-]*):iam::\\d{12}:root' }),
    ),
    OrganizationId: text({ min: 0, max: 34, pattern: 'o-[a-z0-9]{10,32}' }),
    RevisionId: query(anyText),
  },
  GetLayerVersionPolicy: layerVersion,
  RemoveLayerVersionPermission: {
    ...layerVersion,
    StatementId: path(statementId),
    RevisionId: query(anyText),
  },
} as const;
