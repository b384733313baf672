import { isFunctionName } from '../../../aws/arn';
import { limits } from '../../../aws/limits';
import {
  environmentFits,
  environmentSizeBytes,
  variableNameProblem,
} from '../../../aws/reserved-environment';
import { integer } from '../../../lib/kinds';
import { functionKinds as kinds } from '../function-kinds';
import { replaceVariables } from '../replace-variables';
import { readStarts } from '../starts';
import { ValueReader } from '../value-reader';
import { plain, shown } from '../values';
import type { WantedFunction } from '../wanted';
import { hasSourceMaps } from './build-method';
import { readDeadLetterTarget, readEventInvoke } from './event-invoke';
import type { EvaluationScope } from './intrinsics/scope';
import { readLogging } from './logging';
import { readPackage } from './packages';
import type { Project } from './project';
import { Properties } from './properties';
import type { Resource } from './resources';
import { readUrl } from './urls';

const count = integer(0, limits.concurrency);

/** @param resource the function, with `Globals` merged in */
export function readFunction(
  resource: Resource,
  name: string,
  scope: EvaluationScope,
  project: Project,
): WantedFunction | undefined {
  const properties = new Properties(resource.properties, scope);
  // Problems of the whole function are noted at its logical id.
  const named = new Properties({ ...resource.properties, place: resource.place }, scope);
  if (!isFunctionName(name)) {
    named.note(
      'FunctionName',
      `is called ${name}, which cannot be a function's name. Use letters, digits, - and _, at most ${limits.functionNameLength}`,
    );
  }
  const packaged = readPackage(resource, named, project);
  const architecture = readArchitecture(properties);
  const wanted = {
    name,
    description: properties.value('Description', kinds.description) ?? '',
    memoryMiB: properties.value('MemorySize', kinds.memorySize) ?? limits.memoryMiB.default,
    timeoutMs: (properties.value('Timeout', kinds.timeout) ?? limits.timeoutSeconds.default) * 1_000,
    ephemeralStorageMiB:
      properties.within('EphemeralStorage')?.value('Size', kinds.ephemeralStorage) ??
      limits.ephemeralStorageMiB.default,
    environment: replaceVariables(
      readEnvironment(properties),
      [resource.logicalId, name],
      project.context.variables,
    ),
    ...(architecture !== undefined && { architecture }),
    ...readMore(properties),
    ...readLambdock(resource, scope),
  };
  if (packaged?.kind !== 'zip' || !hasSourceMaps(packaged.build))
    return packaged && { ...wanted, package: packaged };
  // `sam build` sets the same option.
  const { NODE_OPTIONS = '--enable-source-maps' } = wanted.environment;
  return { ...wanted, environment: { ...wanted.environment, NODE_OPTIONS }, package: packaged };
}

/** Reads `Metadata: {lambdock: {starts}}`, in the form of `lambdock.yaml`. CloudFormation and SAM ignore metadata. */
function readLambdock({ metadata }: Resource, { notes }: EvaluationScope): Pick<WantedFunction, 'starts'> {
  const value = metadata?.entries.get('lambdock');
  if (value === undefined) return {};
  const reader = new ValueReader(notes);
  const fields = reader.known(
    reader.fields({ key: 'lambdock', value }) ?? [],
    ['starts'] as const,
    'in Metadata of lambdock',
  );
  const starts = readStarts(reader, fields.starts);
  return starts === undefined ? {} : { starts };
}

function readArchitecture(properties: Properties) {
  const [first] = properties.list('Architectures')?.items ?? [];
  return properties.read(first, kinds.architecture);
}

/** Reads the remaining settings of the function, which are all optional. */
function readMore(properties: Properties): Partial<WantedFunction> {
  const url = readUrl(properties.within('FunctionUrlConfig'));
  const tags = readTags(properties);
  const reservedConcurrency = properties.value('ReservedConcurrentExecutions', count);
  const alias = properties.value('AutoPublishAlias', kinds.words);
  const provisionedConcurrency = properties
    .within('ProvisionedConcurrencyConfig')
    ?.value('ProvisionedConcurrentExecutions', count);
  const eventInvoke = readEventInvoke(properties.within('EventInvokeConfig'));
  const deadLetterTarget = readDeadLetterTarget(properties);
  const logging = readLogging(properties.within('LoggingConfig'));
  const tracing = readTracing(properties);
  const applyOn = properties.within('SnapStart')?.value('ApplyOn', kinds.applyOn);
  return {
    ...(eventInvoke !== undefined && { eventInvoke }),
    ...(deadLetterTarget !== undefined && { deadLetterTarget }),
    ...(logging !== undefined && { logging }),
    ...(tracing !== undefined && { tracing }),
    ...(applyOn === 'PublishedVersions' && { snapStart: true as const }),
    ...(url !== undefined && { url }),
    ...(tags !== undefined && { tags }),
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
    ...(alias !== undefined && { alias }),
    ...(provisionedConcurrency !== undefined && { provisionedConcurrency }),
  };
}

/** The property is `Tracing` in SAM and `TracingConfig` in CloudFormation. Only SAM has `Disabled`. */
function readTracing(properties: Properties): WantedFunction['tracing'] {
  const mode =
    properties.value('Tracing', kinds.tracing) ??
    properties.within('TracingConfig')?.value('Mode', kinds.tracing);
  return mode === 'Disabled' ? 'PassThrough' : mode;
}

/** Tags are a mapping in SAM and a list of pairs in CloudFormation. */
function readTags(properties: Properties): Readonly<Record<string, string>> | undefined {
  const value = properties.get('Tags');
  if (value === undefined) return undefined;
  const tags: Record<string, string> = {};
  const pairs =
    value.kind === 'mapping'
      ? [...value.entries].map(([key, each]) => [key, plain(each)])
      : value.kind === 'list'
        ? value.items.map(plain).map((each) => [entry(each, 'Key'), entry(each, 'Value')])
        : [];
  for (const [key, each] of pairs) tags[String(key)] = String(each ?? '');
  return tags;
}

function entry(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function readEnvironment(properties: Properties): Readonly<Record<string, string>> {
  const environment: Record<string, string> = {};
  const variables = properties.within('Environment')?.within('Variables');
  for (const [name, value] of variables?.mapping.entries ?? []) {
    const problem = variableNameProblem(name);
    if (problem === 'reserved') {
      properties.noteAt(value.place, 'is reserved: Lambda sets it. Use another name.');
    }
    if (problem === 'pattern') {
      properties.noteAt(
        value.place,
        'cannot be a variable. Use a letter, then letters, digits and _, two characters or more.',
      );
    }
    if (value.kind === 'scalar') {
      environment[name] = value.text ?? '';
      if (/\{\{resolve:(ssm|ssm-secure|secretsmanager):/.test(environment[name])) {
        properties.warnAt(
          value.place,
          'is a dynamic reference, which lambdock does not resolve: the function gets its text. Give a value with --env-vars FILE.',
        );
      }
    } else properties.noteAt(value.place, `must be text, got ${shown(value)}`);
  }
  if (!environmentFits(environment)) {
    const size = environmentSizeBytes(environment);
    properties.note('Environment', `must take at most ${limits.environmentBytes} bytes as JSON, got ${size}`);
  }
  return Object.freeze(environment);
}
