import { formatFunctionArn } from '../../aws/arn';
import type { FunctionRecord, VersionRecord } from '../../functions/registry/records';
import { sha256 } from '../../lib/hash';
import type { Caller } from '../caller';

/** A time in the service's format for functions: milliseconds, and a zone without a colon. */
export const timestamp = (timeMs: number): string => new Date(timeMs).toISOString().replace('Z', '+0000');

const isLatest = (record: VersionRecord): record is FunctionRecord => record.version === '$LATEST';

interface Form {
  /** Whether the ARN ends in the version. */
  readonly qualifier?: string;
  /** Lists leave out what of a function changes by itself. */
  readonly listed?: boolean;
}

/**
 * `FunctionConfiguration`: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
 * What was not set is absent, as on the service; members with a default are present.
 */
export function configurationOf(
  record: VersionRecord,
  caller: Caller,
  { qualifier, listed }: Form = {},
): object {
  const { functionName, settings, code } = record;
  const { region, accountId } = caller;
  const { environment, layers, storedOnly, runtime, imageConfig } = settings;
  const { LoggingConfig, SnapStart, TracingConfig, ...others } = storedOnly;
  return {
    FunctionName: functionName,
    FunctionArn: formatFunctionArn({
      region,
      accountId,
      functionName,
      ...(qualifier !== undefined && { qualifier }),
    }),
    ...(code.kind === 'zip' && { Runtime: runtime, Handler: settings.handler }),
    Role: settings.role,
    CodeSize: code.kind === 'zip' ? code.sizeBytes : 0,
    Description: settings.description,
    Timeout: settings.timeout,
    MemorySize: settings.memorySize,
    LastModified: timestamp(record.lastModifiedMs),
    CodeSha256: code.codeSha256,
    Version: record.version,
    ...(environment && { Environment: { Variables: environment } }),
    TracingConfig: TracingConfig ?? { Mode: 'PassThrough' },
    RevisionId: record.revisionId,
    ...(layers.length > 0 && {
      Layers: layers.map(({ arn, sizeBytes }) => ({ Arn: arn, CodeSize: sizeBytes })),
    }),
    PackageType: code.kind === 'zip' ? 'Zip' : 'Image',
    ...(imageConfig && { ImageConfigResponse: { ImageConfig: imageConfig } }),
    Architectures: [settings.architecture],
    EphemeralStorage: { Size: settings.ephemeralStorage },
    SnapStart: snapStart(record, SnapStart),
    LoggingConfig: {
      LogFormat: 'Text',
      LogGroup: `/aws/lambda/${functionName}`,
      ...(LoggingConfig as object | undefined),
    },
    ...others,
    ...(!listed && statesOf(record, caller)),
  };
}

/** lambdock makes no snapshots; the answer is the service's. */
function snapStart({ version }: VersionRecord, asked: unknown): object {
  const { ApplyOn = 'None' } = (asked ?? {}) as { readonly ApplyOn?: string };
  const isOn = ApplyOn === 'PublishedVersions' && version !== '$LATEST';
  return { ApplyOn, OptimizationStatus: isOn ? 'On' : 'Off' };
}

function statesOf(record: VersionRecord, { region }: Caller): object {
  const { state, stateReason, settings } = record;
  const reason = isLatest(record) ? record.updateReason : undefined;
  return {
    State: state,
    ...(stateReason && { StateReason: stateReason.text, StateReasonCode: stateReason.code }),
    // A function that is being created has no update status yet.
    ...(state !== 'Pending' && {
      LastUpdateStatus: isLatest(record) ? record.update : 'Successful',
      ...(reason && { LastUpdateStatusReason: reason.text, LastUpdateStatusReasonCode: reason.code }),
    }),
    ...(settings.runtime !== undefined && {
      RuntimeVersionConfig: {
        RuntimeVersionArn: `arn:aws:lambda:${region}::runtime:${sha256(settings.runtime)}`,
      },
    }),
  };
}
