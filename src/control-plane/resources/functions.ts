import type { Input } from '../../aws/constraints';
import { limits } from '../../aws/limits';
import { followedBucket, followedCode } from '../../functions/build/followed-code';
import { configured, noSettings } from '../../functions/build/requested-settings';
import {
  type CodeSources,
  checkUnzippedSize,
  checkZippedSize,
  imageCode,
  invalid,
  takeZip,
} from '../../functions/build/uploaded-code';
import type { FunctionRegistry } from '../../functions/registry/functions';
import type { Code, FunctionRecord, FunctionSettings, VersionRecord } from '../../functions/registry/records';
import { checkRevision, type Registry } from '../../functions/registry/registry';
import { functionOwner } from '../../functions/registry/state';
import type { Tags } from '../../functions/registry/tags';
import { progressKey } from '../../hosting/activation';
import type { VisibleProgress } from '../../hosting/visible-progress';
import { isImageReference, repositoryOf } from '../../lib/image-reference';
import type { Caller } from '../caller';
import type { Operations } from '../operations';
import { pageOf } from '../paging';
import { functionOf, nameTooLong, targetOf } from '../references';
import { codeSigningUses, existingSigningId } from './code-signing-configs';
import { configurationOf } from './function-configuration';
import { placeOf, referredObject, s3ObjectOf } from './s3-objects';

export interface FunctionParts {
  readonly registry: Registry;
  readonly functions: FunctionRegistry;
  readonly progress: VisibleProgress;
  readonly sources: CodeSources;
  /** Where a caller reaches this server, e.g. `http://127.0.0.1:9000`. */
  readonly addressFor: (caller: Caller) => string;
  readonly tags: Tags;
}

type CodeInput = Omit<Input<'CreateFunction'>['Code'], 'SourceKMSKeyArn'>;

/** Operations on functions: https://docs.aws.amazon.com/lambda/latest/dg/lambda-functions.html */
export function functionOperations({
  registry,
  functions,
  progress,
  sources,
  addressFor,
  tags,
}: FunctionParts): Operations {
  const takeCode = async (
    { ZipFile, ImageUri, ...s3 }: CodeInput,
    settings: FunctionSettings,
    functionName: string,
  ): Promise<Code> => {
    if (ImageUri !== undefined) {
      if (isImageReference(ImageUri)) return imageCode(ImageUri, await sources.imageId(ImageUri));
      throw invalid(`Source image ${ImageUri} is not valid. Provide a valid source image.`);
    }
    checkZippedSize(ZipFile);
    const object = s3ObjectOf(s3);
    if (object?.S3Bucket === followedBucket) {
      const followed = await followedCode(sources.store, object.S3Key);
      checkUnzippedSize(followed.unzippedBytes, settings.layers);
      return followed;
    }
    const code = await takeZip(sources, 'code', {
      name: functionName,
      ...(ZipFile && { zip: ZipFile }),
      ...(object && { object: placeOf(object) }),
    });
    checkUnzippedSize(code.unzippedBytes, settings.layers);
    return { ...code, ...referredObject(s3, object) };
  };

  const one = ({ FunctionName, Qualifier }: { FunctionName: string; Qualifier?: string }, caller: Caller) => {
    const { functionName, qualifier } = targetOf(
      { FunctionName, ...(Qualifier !== undefined && { Qualifier }) },
      caller,
    );
    const record = registry.version(caller, functionName, qualifier);
    if (isInProgress(record)) progress.read(progressKey(caller, functionName), record.lastModifiedMs);
    return {
      record,
      configuration: configurationOf(record, caller, qualifier === undefined ? {} : { qualifier }),
    };
  };

  return {
    CreateFunction: async (input, caller) => {
      const functionName = functionOf(input, caller);
      if (functionName.length > limits.functionNameLength) throw nameTooLong(functionName);
      const kind = checkPackage(input);
      const { CodeSigningConfigArn: signing } = input;
      const signingId = signing === undefined ? undefined : existingSigningId(registry, caller, signing);
      const settings = await configured(
        { ...noSettings, role: input.Role, architecture: input.Architectures?.[0] ?? 'x86_64' },
        input,
        caller,
        registry,
        sources,
      );
      const code = await takeCode(input.Code, settings, functionName);
      if (code.kind !== kind) throw invalid('Please provide a source for function code.');
      const { Publish: publish = false, Tags } = input;
      const record = functions.create(caller, { functionName, settings, code, publish }, () => {
        const owner = functionOwner(functionName);
        if (Tags) tags.add(caller, `function:${functionName}`, Tags, owner);
        if (signingId) codeSigningUses(registry).put(caller, functionName, { id: signingId }, owner);
      });
      // Recorded: the ARN has no version, even if one was published.
      return configurationOf(record, caller);
    },

    GetFunction: (input, caller) => {
      const { record, configuration } = one(input, caller);
      const { functionName, code } = record;
      const reserved = registry.reserved.get(caller, functionName)?.reserved;
      const own = tags.of(caller, `function:${functionName}`);
      return {
        Configuration: configuration,
        Code:
          code.kind === 'zip'
            ? {
                RepositoryType: 'S3',
                Location: `${addressFor(caller)}/_lambdock/code/${code.hash}.zip`,
                ...(code.object && { ResolvedS3Object: code.object }),
              }
            : { RepositoryType: 'ECR', ImageUri: code.image, ResolvedImageUri: resolvedUri(record) },
        ...(Object.keys(own).length > 0 && { Tags: own }),
        ...(reserved !== undefined && { Concurrency: { ReservedConcurrentExecutions: reserved } }),
      };
    },

    GetFunctionConfiguration: (input, caller) => one(input, caller).configuration,

    UpdateFunctionCode: async (input, caller) => {
      const functionName = functionOf(input, caller);
      const before = registry.function(caller, functionName);
      checkRevision(input.RevisionId, before);
      functions.checkIdle(caller, before);
      if ((input.ImageUri !== undefined) !== (before.code.kind === 'image')) {
        throw invalid(
          before.code.kind === 'image'
            ? 'Please provide ImageUri when updating a function with packageType Image.'
            : "Please don't provide ImageUri when updating a function with packageType Zip.",
        );
      }
      const [architecture] = input.Architectures ?? [];
      const settings = { ...before.settings, ...(architecture && { architecture }) };
      const code = await takeCode(input, settings, functionName);
      if (input.DryRun) return configurationOf({ ...before, settings, code }, caller);
      const { RevisionId: revisionId, Publish: publish = false } = input;
      const record = functions.change(caller, functionName, {
        code,
        publish,
        ...(architecture && { architecture }),
        ...(revisionId !== undefined && { revisionId }),
      });
      return configurationOf(record, caller, publish ? { qualifier: record.version } : {});
    },

    UpdateFunctionConfiguration: async (input, caller) => {
      const functionName = functionOf(input, caller);
      const before = registry.function(caller, functionName);
      checkRevision(input.RevisionId, before);
      functions.checkIdle(caller, before);
      if (before.code.kind === 'image') checkImageSettings(input);
      if (input.CapacityProviderConfig && before.settings.storedOnly.CapacityProviderConfig === undefined) {
        throw invalid("CapacityProviderConfig isn't supported for Lambda Default functions.");
      }
      const settings = await configured(before.settings, input, caller, registry, sources);
      if (before.code.kind === 'zip') checkUnzippedSize(before.code.unzippedBytes, settings.layers);
      // Merging layers takes a while: the change fails if the function has changed since.
      const change = { settings, revisionId: before.revisionId };
      return configurationOf(functions.change(caller, functionName, change), caller);
    },

    DeleteFunction: (input, caller) => {
      const { functionName, qualifier } = targetOf(input, caller);
      functions.delete(caller, functionName, qualifier);
      return undefined;
    },

    ListFunctions: (input, caller) => {
      const { MasterRegion, FunctionVersion } = input;
      if (MasterRegion !== undefined && FunctionVersion !== 'ALL') {
        throw invalid('FunctionVersion must be set to ALL when MasterRegion is specified.');
      }
      // `MasterRegion` selects Lambda@Edge replicas, which lambdock does not have.
      const all =
        MasterRegion === undefined || MasterRegion === 'ALL'
          ? registry.list(caller, FunctionVersion === 'ALL')
          : [];
      const { items, NextMarker } = pageOf(all, listKey, input);
      const texts = items.map((record) => listedText(record, caller, input.FunctionVersion === 'ALL'));
      const marker = NextMarker === undefined ? '' : `,"NextMarker":${JSON.stringify(NextMarker)}`;
      return Buffer.from(`{"Functions":[${texts.join()}]${marker}}`);
    },
  };
}

/**
 * JSON of a record in lists, without and with the version in its ARN. It never becomes outdated, since records are
 * immutable: a changed function has a new record.
 */
const listedTexts = [new WeakMap<VersionRecord, string>(), new WeakMap<VersionRecord, string>()] as const;

function listedText(record: VersionRecord, caller: Caller, versions: boolean): string {
  const texts = listedTexts[versions ? 1 : 0];
  const form = versions ? { listed: true, qualifier: record.version } : { listed: true };
  const text = texts.get(record) ?? JSON.stringify(configurationOf(record, caller, form));
  texts.set(record, text);
  return text;
}

const listKey = ({ functionName, version }: VersionRecord) =>
  version === '$LATEST' ? functionName : `${functionName}:${version.padStart(10, '0')}`;

const isInProgress = (record: VersionRecord | FunctionRecord) =>
  record.state === 'Pending' || ('update' in record && record.update === 'InProgress');

function resolvedUri({ code }: VersionRecord): string {
  if (code.kind !== 'image') return '';
  const repository = repositoryOf(code.image);
  return repository.startsWith('sha256:') ? repository : `${repository}@sha256:${code.codeSha256}`;
}

function checkPackage({ PackageType, Code: code, ...settings }: Input<'CreateFunction'>): Code['kind'] {
  const { Runtime, Handler } = settings;
  const kind = PackageType === 'Image' ? 'image' : 'zip';
  if (kind === 'zip' && (Runtime === undefined || Handler === undefined)) {
    throw invalid(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  }
  if (kind === 'zip' && code.ImageUri !== undefined) {
    throw invalid("Please don't provide ImageUri when creating a function with packageType Zip.");
  }
  if (kind === 'image') checkImageSettings(settings);
  return kind;
}

/** Refuses settings that an image provides itself. */
function checkImageSettings({ Runtime, Handler, Layers }: Partial<Input<'CreateFunction'>>): void {
  if (Runtime === undefined && Handler === undefined && Layers === undefined) return;
  throw invalid(
    "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.",
  );
}
