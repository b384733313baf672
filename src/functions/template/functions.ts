import { isFunctionName } from '../../aws/arn';
import { limits } from '../../aws/limits';
import type { LoggingConfig } from '../../aws/logging';
import { environmentFits, environmentSizeBytes, variableNameProblem } from '../../aws/reserved-environment';
import { familyOf } from '../../runtimes/runtimes';
import { nearestFile, readManifest, typescriptFile } from '../build/node-project';
import { snapStartRuntimes } from '../build/requested-settings';
import { readDebug } from './debug';
import { functionKinds as kinds, runtimeProblem } from './function-kinds';
import type { FunctionVariables } from './given-values';
import { builtImageName, readImageBuild, wantedImage } from './image-build';
import { foreignLayer, isLayerArn } from './known-layers';
import { readSource, type TemplateReader } from './reader';
import { replaceVariables } from './replace-variables';
import { readStarts } from './starts';
import type { Field } from './value-reader';
import type { CodeBuild, WantedFunction, WantedImage, WantedLayer, WantedZip } from './wanted';

/** `build` is in neither list: it is a word for code and a mapping for an image. */
const zipKeys = ['runtime', 'handler', 'code', 'layers'] as const;
const imageKeys = ['image', 'command', 'entryPoint', 'workingDirectory'] as const;
const commonKeys = [
  'build',
  'debug',
  'description',
  'memorySize',
  'timeout',
  'ephemeralStorage',
  'environment',
  'architecture',
  'logging',
  'tracing',
  'snapStart',
  'starts',
] as const;
const loggingKeys = ['format', 'applicationLevel', 'systemLevel', 'group'] as const;
const keys = [...zipKeys, ...imageKeys, ...commonKeys] as const;
type Fields = Partial<Record<(typeof keys)[number], Field>>;

const { memoryMiB, timeoutSeconds, ephemeralStorageMiB } = limits;

/** What the functions of a file depend on, apart from its text. */
export interface FileContext {
  /** Base of relative paths. */
  readonly folder: string;
  readonly layers?: Readonly<Record<string, string>>;
  /** Names of the functions to host. Default: all. */
  readonly only?: readonly string[];
  /** Variables by function. They replace those of the file. */
  readonly variables?: FunctionVariables;
}

/** Reads the mapping below `functions`. */
export function readFunctions(
  reader: TemplateReader,
  field: Field | undefined,
  file: FileContext,
): WantedFunction[] {
  const found = field === undefined ? [] : (reader.fields(field) ?? []);
  const { only = [] } = file;
  const unknown = only.filter((name) => !found.some(({ key }) => key === name));
  if (field !== undefined && unknown.length > 0) {
    const names = found.map(({ key }) => key).join(', ');
    reader.note(field, `has no function ${unknown.join(', ')}, which --only names. It has ${names}`);
  }
  const wanted = only.length === 0 ? found : found.filter(({ key }) => only.includes(key));
  return wanted.flatMap((each) => readFunction(reader, each, file) ?? []);
}

function readFunction(reader: TemplateReader, field: Field, file: FileContext): WantedFunction | undefined {
  if (!isFunctionName(field.key)) {
    reader.note(
      field,
      `cannot be a function's name. Use letters, digits, - and _, at most ${limits.functionNameLength}`,
    );
  }
  const found = reader.fields(field);
  if (found === undefined) return undefined;
  const fields = reader.known(found, keys, 'for a function');
  const packaged = readPackage(reader, field, fields, file);
  const environment = replaceVariables(
    readEnvironment(reader, fields.environment),
    [field.key],
    file.variables,
  );
  const debug = readDebug(reader, fields.debug);
  const architecture = reader.value(fields.architecture, kinds.architecture);
  const logging = readLogging(reader, fields.logging);
  const mode = reader.value(fields.tracing, kinds.tracing);
  const tracing = mode === 'Disabled' ? 'PassThrough' : mode;
  const snapStart = readSnapStart(reader, fields);
  const starts = readStarts(reader, fields.starts);
  const wanted = {
    name: field.key,
    description: reader.value(fields.description, kinds.description) ?? '',
    memoryMiB: reader.value(fields.memorySize, kinds.memorySize) ?? memoryMiB.default,
    timeoutMs: (reader.value(fields.timeout, kinds.timeout) ?? timeoutSeconds.default) * 1_000,
    ephemeralStorageMiB:
      reader.value(fields.ephemeralStorage, kinds.ephemeralStorage) ?? ephemeralStorageMiB.default,
    environment,
    ...(debug !== undefined && { debug }),
    ...(architecture !== undefined && { architecture }),
    ...(logging !== undefined && { logging }),
    ...(tracing !== undefined && { tracing }),
    ...(snapStart && { snapStart }),
    ...(starts !== undefined && { starts }),
  };
  return packaged && { ...wanted, package: packaged };
}

function readSnapStart(reader: TemplateReader, { snapStart, runtime, image }: Fields): true | undefined {
  if (snapStart === undefined || reader.value(snapStart, kinds.applyOn) !== 'PublishedVersions')
    return undefined;
  const name = runtime?.value.kind === 'scalar' ? (runtime.value.text ?? '') : '';
  if (image === undefined && snapStartRuntimes.has(name)) return true;
  reader.note(snapStart, `needs one of the runtimes ${[...snapStartRuntimes].join(', ')}`);
  return undefined;
}

function readLogging(reader: TemplateReader, field: Field | undefined): LoggingConfig | undefined {
  const found = field === undefined ? undefined : reader.fields(field);
  if (found === undefined) return undefined;
  const fields = reader.known(found, loggingKeys, 'for logging');
  const LogFormat = reader.value(fields.format, kinds.logFormat);
  const ApplicationLogLevel = reader.value(fields.applicationLevel, kinds.applicationLogLevel);
  const SystemLogLevel = reader.value(fields.systemLevel, kinds.systemLogLevel);
  const LogGroup = reader.value(fields.group, kinds.logGroup);
  return {
    ...(LogFormat !== undefined && { LogFormat }),
    ...(ApplicationLogLevel !== undefined && { ApplicationLogLevel }),
    ...(SystemLogLevel !== undefined && { SystemLogLevel }),
    ...(LogGroup !== undefined && { LogGroup }),
  };
}

function readPackage(
  reader: TemplateReader,
  field: Field,
  fields: Fields,
  file: FileContext,
): WantedZip | WantedImage | undefined {
  const isBuilt = fields.build?.value.kind === 'mapping';
  if (fields.image === undefined && !isBuilt) {
    refuse(reader, fields, imageKeys, 'needs an image; with a runtime the handler says what is called');
    return readZip(reader, field, fields, file);
  }
  refuse(reader, fields, zipKeys, 'cannot be with an image: the image brings its own; leave one of them out');
  if (fields.build !== undefined && !isBuilt) {
    reader.note(fields.build, 'must be a mapping for an image, e.g. { context: ., dockerfile: Dockerfile }');
  }
  return readImage(reader, field.key, fields, file);
}

function refuse(reader: TemplateReader, fields: Fields, names: readonly (keyof Fields)[], why: string): void {
  for (const name of names) {
    const field = fields[name];
    if (field !== undefined) reader.note(field, why);
  }
}

function readImage(
  reader: TemplateReader,
  functionName: string,
  fields: Fields,
  { folder }: FileContext,
): WantedImage | undefined {
  const isBuilt = fields.build?.value.kind === 'mapping';
  const build = isBuilt ? readImageBuild(reader, fields.build, folder) : undefined;
  const named = reader.value(fields.image, kinds.image);
  const image = fields.image === undefined && build ? builtImageName(functionName, build) : named;
  const command = readWords(reader, fields.command);
  const entryPoint = readWords(reader, fields.entryPoint);
  const workingDirectory = reader.value(fields.workingDirectory, kinds.workingDirectory);
  if (image === undefined || (isBuilt && build === undefined)) return undefined;
  return wantedImage(image, { build, command, entryPoint, workingDirectory });
}

function readZip(
  reader: TemplateReader,
  field: Field,
  fields: Fields,
  file: FileContext,
): WantedZip | undefined {
  const missing = (['runtime', 'handler', 'code'] as const).filter((name) => fields[name] === undefined);
  if (missing.length > 0) {
    reader.note(
      field,
      `has no ${missing.join(', ')}; a function needs runtime, handler and code, or an image`,
    );
  }
  const runtime = readRuntime(reader, fields.runtime);
  const handler = reader.value(fields.handler, kinds.handler);
  const code = readSource(reader, fields.code, file.folder);
  const layers = readLayers(reader, fields.layers, file);
  if (runtime === undefined || handler === undefined || code === undefined) return undefined;
  const method = reader.value(fields.build, kinds.build);
  const uncompiled =
    fields.build === undefined && familyOf(runtime)?.needsCompiledTypescript
      ? typescriptFile(code, handler)
      : undefined;
  if (uncompiled !== undefined) {
    reader.warn(
      fields.code ?? field,
      `has ${uncompiled} and no JavaScript file for the handler. Add "build: esbuild", or compile it first.`,
    );
  }
  const build = method && buildOf(method, field.key, { runtime, handler, code });
  return { kind: 'zip', runtime, handler, code, layers, ...(build && { build }) };
}

/** The build of a code folder, with the default options of each method. */
function buildOf(
  method: CodeBuild['method'],
  name: string,
  { runtime, handler, code }: { readonly runtime: string; readonly handler: string; readonly code: string },
): CodeBuild {
  if (method === 'packages') return { method };
  if (method === 'makefile') return { method, target: `build-${name}` };
  if (method !== 'esbuild') return { method, handler };
  const file = handler.slice(0, handler.lastIndexOf('.'));
  const manifest = nearestFile(code, 'package.json');
  const isModule = manifest !== undefined && readManifest(manifest).isModule;
  // ES modules have no `require`, but bundled packages may call it.
  const moduleOptions = [
    ...['--format=esm', '--out-extension:.js=.mjs'],
    "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  ];
  const options = [
    ...[`--target=${runtime.replace(/js|\.x/g, '')}`, '--sourcemap', '--outbase=.', '--external:@aws-sdk/*'],
    ...(isModule ? moduleOptions : ['--format=cjs']),
  ];
  return { method, entryPoints: [file], options };
}

function readRuntime(reader: TemplateReader, field: Field | undefined): string | undefined {
  if (field === undefined) return undefined;
  const named = reader.value(field, kinds.runtime);
  const problem = named === undefined ? undefined : runtimeProblem(named);
  return problem === undefined ? named : reader.note(field, problem);
}

function readLayers(
  reader: TemplateReader,
  field: Field | undefined,
  file: FileContext,
): readonly WantedLayer[] {
  const items = reader.list(field) ?? [];
  if (field !== undefined && items.length > limits.layers) {
    reader.note(field, `must have at most ${limits.layers} layers, got ${items.length}`);
  }
  return items.flatMap(
    (item) => readForeignLayer(reader, item, file) ?? readSource(reader, item, file.folder) ?? [],
  );
}

/** Reads a layer that is given by its ARN. */
function readForeignLayer(
  reader: TemplateReader,
  field: Field,
  { layers }: FileContext,
): readonly WantedLayer[] | undefined {
  const arn = field.value.kind === 'scalar' ? (field.value.text ?? '') : '';
  if (!isLayerArn(arn)) return undefined;
  const { layer, warning, problem } = foreignLayer(arn, layers);
  if (warning !== undefined) reader.warn(field, warning);
  if (problem !== undefined) reader.note(field, problem);
  return layer === undefined ? [] : [layer];
}

function readWords(reader: TemplateReader, field: Field | undefined): readonly string[] | undefined {
  return reader.list(field)?.flatMap((item) => reader.value(item, kinds.words) ?? []);
}

function readEnvironment(reader: TemplateReader, field: Field | undefined): Readonly<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const variable of field === undefined ? [] : (reader.fields(field) ?? [])) {
    const problem = variableNameProblem(variable.key);
    if (problem === 'reserved') reader.note(variable, 'is reserved: Lambda sets it. Use another name.');
    if (problem === 'pattern') {
      reader.note(
        variable,
        'cannot be a variable. Use a letter, then letters, digits and _, two characters or more.',
      );
    }
    const value = reader.written(variable);
    if (value !== undefined) environment[variable.key] = value;
  }
  if (field !== undefined && !environmentFits(environment)) {
    const size = environmentSizeBytes(environment);
    reader.note(field, `must take at most ${limits.environmentBytes} bytes as JSON, got ${size}`);
  }
  return Object.freeze(environment);
}
