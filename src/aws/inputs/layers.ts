// Generated from the service model of botocore 1.44.2 by npm run generate:inputs; do not edit.
import { layerRuntimes } from '../runtime-identifiers';
import { bytes, lenient, list, path, query, required, requiredQuery, structure, text, whole } from '../shape';
import {
  architecture,
  description,
  layerVersionArn,
  runtime,
  s3Bucket,
  s3Key,
  s3ObjectStorageMode,
  s3ObjectVersion,
  statementId,
} from './shared';

const layerName = text({
  min: 1,
  max: 140,
  pattern:
    '(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+',
});
const maxLayerListItems = whole({ min: 1, max: 50 });

/** Inputs of the operations on layers and their policies. */
export const layerInputs = {
  PublishLayerVersion: {
    LayerName: path(layerName),
    Description: description,
    Content: required(
      structure({
        S3Bucket: s3Bucket,
        S3Key: s3Key,
        S3ObjectVersion: s3ObjectVersion,
        S3ObjectStorageMode: s3ObjectStorageMode,
        ZipFile: bytes,
      }),
    ),
    CompatibleArchitectures: lenient(list(architecture, { min: 0, max: 2 })),
    CompatibleRuntimes: lenient(list(runtime, { min: 0, max: 15 })),
    LicenseInfo: text({ min: 0, max: 512, pattern: '.*' }),
  },
  GetLayerVersion: { LayerName: path(layerName), VersionNumber: path(whole()) },
  GetLayerVersionByArn: { Arn: requiredQuery(layerVersionArn) },
  DeleteLayerVersion: { LayerName: path(layerName), VersionNumber: path(whole()) },
  ListLayers: {
    CompatibleRuntime: query({ ...runtime, recorded: layerRuntimes.join(', ') }),
    CompatibleArchitecture: query(architecture),
    Marker: query(text()),
    MaxItems: query(maxLayerListItems),
  },
  ListLayerVersions: {
    LayerName: path(layerName),
    CompatibleRuntime: query({ ...runtime, recorded: layerRuntimes.join(', ') }),
    CompatibleArchitecture: query(architecture),
    Marker: query(text()),
    MaxItems: query(maxLayerListItems),
  },
  AddLayerVersionPermission: {
    LayerName: path(layerName),
    VersionNumber: path(whole()),
    StatementId: required(statementId),
    Action: required(text({ min: 0, max: 22, pattern: 'lambda:GetLayerVersion' })),
    Principal: required(
      text({ min: 0, max: 10_000, pattern: '\\d{12}|\\*|arn:(aws[a-zA-Z-]*):iam::\\d{12}:root' }),
    ),
    OrganizationId: text({ min: 0, max: 34, pattern: 'o-[a-z0-9]{10,32}' }),
    RevisionId: query(text()),
  },
  GetLayerVersionPolicy: { LayerName: path(layerName), VersionNumber: path(whole()) },
  RemoveLayerVersionPermission: {
    LayerName: path(layerName),
    VersionNumber: path(whole()),
    StatementId: path(statementId),
    RevisionId: query(text()),
  },
} as const;
