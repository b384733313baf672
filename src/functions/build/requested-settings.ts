import type { Input } from '../../aws/constraints';
import { LambdaError } from '../../aws/errors';
import { limits } from '../../aws/limits';
import type { LoggingConfig } from '../../aws/logging';
import { environmentFits, reservedVariables } from '../../aws/reserved-environment';
import { acceptedRuntimes, retiredRuntimes } from '../../aws/runtime-identifiers';
import { findRuntime } from '../../runtimes/runtimes';
import { layerReference, sharedLayer } from '../registry/layer-access';
import type { FunctionSettings, LayerUse } from '../registry/records';
import type { Registry } from '../registry/registry';
import type { Scope } from '../registry/state';
import { type CodeSources, invalid, mergeLayers } from './uploaded-code';

/** Common members of CreateFunction and UpdateFunctionConfiguration. */
export type Configuration = Omit<Input<'UpdateFunctionConfiguration'>, 'FunctionName' | 'RevisionId'>;

/**
 * Applies a request to the current settings. Absent members are unchanged; empty ones clear.
 * @throws {LambdaError} with Lambda's message
 */
export async function configured(
  before: FunctionSettings,
  asked: Configuration,
  scope: Scope,
  registry: Registry,
  sources: CodeSources,
): Promise<FunctionSettings> {
  checkRuntime(asked.Runtime);
  checkSnapStart(asked, before);
  checkLimits(asked);
  checkDeadLetters(asked.DeadLetterConfig?.TargetArn, scope);
  const environment = asked.Environment ? (asked.Environment.Variables ?? {}) : undefined;
  if (environment) checkEnvironment(environment);
  const layers = asked.Layers && layerUses(asked.Layers, scope, registry);
  const { opt: optBefore, imageConfig: imageBefore, ...kept } = before;
  const opt = layers ? await mergeLayers(sources, layers) : optBefore;
  const imageConfig = asked.ImageConfig ? filled(asked.ImageConfig) : imageBefore;
  return {
    ...kept,
    ...defined('description', asked.Description),
    ...defined('role', asked.Role),
    ...defined('runtime', asked.Runtime),
    ...defined('handler', asked.Handler),
    ...defined('memorySize', asked.MemorySize),
    ...defined('timeout', asked.Timeout),
    ...defined('ephemeralStorage', asked.EphemeralStorage?.Size),
    ...defined('environment', environment),
    ...defined('layers', layers),
    ...defined('opt', opt),
    ...defined('imageConfig', imageConfig),
    storedOnly: storedOnlyOf(before.storedOnly, asked, await vpcOf(asked, scope.region, sources)),
  };
}

export const noSettings: Omit<FunctionSettings, 'architecture' | 'role'> = {
  description: '',
  memorySize: limits.memoryMiB.default,
  timeout: limits.timeoutSeconds.default,
  ephemeralStorage: limits.ephemeralStorageMiB.default,
  layers: [],
  storedOnly: {},
};

function defined<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: T };
}

function filled<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

/** Without a stand-in for EC2, a made-up id is the VPC of the subnets. */
async function vpcOf(
  { VpcConfig }: Configuration,
  region: string,
  { findVpc }: CodeSources,
): Promise<string> {
  const { SubnetIds: subnetIds = [], SecurityGroupIds: securityGroupIds = [] } = VpcConfig ?? {};
  return (await findVpc?.({ subnetIds, securityGroupIds }, region)) ?? 'vpc-00000000';
}

function storedOnlyOf(
  before: FunctionSettings['storedOnly'],
  asked: Configuration,
  vpcId: string,
): FunctionSettings['storedOnly'] {
  const { VpcConfig, DeadLetterConfig, KMSKeyArn, TracingConfig, FileSystemConfigs } = asked;
  const { SnapStart, LoggingConfig, DurableConfig, CapacityProviderConfig } = asked;
  const next = new Map<string, unknown>(Object.entries(before));
  const set = (name: string, value: unknown, isEmpty = false) => {
    if (value === undefined) return;
    if (isEmpty) next.delete(name);
    else next.set(name, value);
  };
  const { SubnetIds = [], SecurityGroupIds = [], Ipv6AllowedForDualStack = false } = VpcConfig ?? {};
  const vpc = { SubnetIds, SecurityGroupIds, VpcId: '', Ipv6AllowedForDualStack };
  const inVpc = SubnetIds.length > 0 || SecurityGroupIds.length > 0;
  set('VpcConfig', VpcConfig && { ...vpc, VpcId: inVpc ? vpcId : '' }, !inVpc && !next.has('VpcConfig'));
  set('DeadLetterConfig', DeadLetterConfig, !DeadLetterConfig?.TargetArn);
  set('KMSKeyArn', KMSKeyArn, KMSKeyArn === '');
  set('TracingConfig', TracingConfig?.Mode && TracingConfig);
  set('FileSystemConfigs', FileSystemConfigs, FileSystemConfigs?.length === 0);
  set('SnapStart', SnapStart);
  set(
    'LoggingConfig',
    LoggingConfig && logging(before.LoggingConfig as LoggingConfig | undefined, LoggingConfig),
  );
  set('DurableConfig', DurableConfig);
  set('CapacityProviderConfig', CapacityProviderConfig);
  return Object.fromEntries(next);
}

/** Absent members are unchanged. */
const logging = (before: LoggingConfig | undefined, asked: LoggingConfig) =>
  completeLogging({ ...before, ...asked });

/** Adds the default levels to a JSON configuration; text has no levels. */
export function completeLogging(asked: LoggingConfig): LoggingConfig {
  const { ApplicationLogLevel = 'INFO', SystemLogLevel = 'INFO', ...others } = asked;
  return others.LogFormat === 'JSON' ? { ...others, ApplicationLogLevel, SystemLogLevel } : others;
}

function checkRuntime(identifier: string | undefined): void {
  if (identifier === undefined) return;
  if (acceptedRuntimes.includes(identifier) || findRuntime(identifier)?.hosted) return;
  if (retiredRuntimes.has(identifier)) {
    throw invalid(
      `The runtime parameter of ${identifier} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    );
  }
  throw invalid(
    `Value ${identifier} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${acceptedRuntimes.join(', ')}] or be a valid ARN`,
  );
}

/** https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html#snapstart-runtimes */
export const snapStartRuntimes: ReadonlySet<string> = new Set([
  ...[
    'python3.12',
    'python3.13',
    'python3.14',
    'java11',
    'java17',
    'java21',
    'java25',
    'dotnet8',
    'dotnet10',
  ],
]);

function checkSnapStart({ SnapStart, Runtime }: Configuration, before: FunctionSettings): void {
  const runtime = Runtime ?? before.runtime;
  if (SnapStart?.ApplyOn !== 'PublishedVersions' || snapStartRuntimes.has(runtime ?? '')) return;
  throw invalid(`${runtime} is not supported for SnapStart enabled functions.`);
}

/**
 * The model's limits are wider than the service's, since functions on managed instances may have more. The texts were
 * recorded from the service; those for timeout and storage when the model still had the narrow limits.
 */
function checkLimits({ Timeout, MemorySize, EphemeralStorage }: Configuration): void {
  const bound = (name: string, value: number | undefined, max: number) => {
    if (value === undefined || value <= max) return;
    throw new LambdaError(
      'ValidationException',
      `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must have value less than or equal to ${max}`,
    );
  };
  bound('timeout', Timeout, limits.timeoutSeconds.max);
  bound('ephemeralStorage.size', EphemeralStorage?.Size, limits.ephemeralStorageMiB.max);
  if (MemorySize !== undefined && MemorySize > limits.memoryMiB.max) {
    throw invalid(
      `'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to ${limits.memoryMiB.max}`,
    );
  }
}

/**
 * The documentation has the rules (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).
 */
function checkDeadLetters(arn: string | undefined, { region }: Scope): void {
  if (arn === undefined || arn === '') return;
  const [, , service = '', of] = arn.split(':');
  if (service !== 'sqs' && service !== 'sns') {
    throw invalid(
      `Invalid dead letter ARN: ${arn}. Dead letters go to an Amazon SQS queue or Amazon SNS topic.`,
    );
  }
  if (of !== region) throw invalid(`Invalid dead letter ARN: ${arn} is not in the region of the function.`);
}

function checkEnvironment(environment: Readonly<Record<string, string>>): void {
  const failed =
    'Lambda was unable to configure your environment variables because the environment variables you have provided';
  const reserved = Object.keys(environment).filter((name) => reservedVariables.has(name));
  if (reserved.length > 0) {
    throw invalid(
      `${failed} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  if (environmentFits(environment)) return;
  throw invalid(`${failed} exceeded the 4KB limit. String measured: ${JSON.stringify(environment)}`);
}

/** @throws {LambdaError} for an unknown layer version, too many layers, or two versions of one layer */
function layerUses(arns: readonly string[], scope: Scope, registry: Registry): readonly LayerUse[] {
  if (arns.length > limits.layers) throw invalid(`Cannot reference more than ${limits.layers} layers.`);
  const seen = new Map<string, string>();
  return arns.map((arn) => {
    const reference = layerReference(arn, scope);
    const { accountId, region } = reference.scope;
    if (accountId === scope.accountId && region !== scope.region) {
      throw invalid(
        `Layers are not in the same region as the function. Layers are expected to be in region ${scope.region}.`,
      );
    }
    const record = sharedLayer(registry, scope, reference);
    if (record === undefined) throw invalid(`Layer version ${arn} does not exist.`);
    const layer = arn.slice(0, arn.lastIndexOf(':'));
    const other = seen.get(layer);
    if (other !== undefined) {
      throw invalid(
        `Two different versions of the same layer are not allowed to be referenced in the same function. ${other} and ${arn} are versions of the same layer.`,
      );
    }
    seen.set(layer, arn);
    const { sizeBytes, unzippedBytes, hash } = record;
    return { arn, sizeBytes, unzippedBytes, hash };
  });
}
