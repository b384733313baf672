import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { awsCredentialsOf, credentialsOf, keysOf } from './aws/credentials';
import type { Credentials } from './aws/signing';
import {
  givenNames,
  givenParameters,
  givenVariables,
  type Written,
} from './functions/template/given-settings';
import type { FunctionVariables } from './functions/template/given-values';
import { TemplateError } from './functions/template/problems';
import { type SettingName, type TemplateSettings, templateSettingKinds } from './functions/template/settings';
import { defaultSpares, type SpareCounts } from './functions/template/spare-counts';
import { loadTemplate, loadTemplateSettings } from './functions/template/template';
import { sha256 } from './lib/hash';
import { type Kind, oneOf, text, trueOrFalse, violation } from './lib/kinds';

/** How this lambdock is set up. Frozen; read once at the start. */
export interface Settings {
  /** Port of the Lambda API; 0 takes a free one. */
  readonly port: number;
  /** Address that the port is bound to. */
  readonly host: string;
  /** Where commands find a running lambdock, e.g. `http://127.0.0.1:9000`. */
  readonly endpoint: string;
  /** Whether a flag or a variable names the endpoint or the port: no recorded address may replace it. */
  readonly isEndpointExplicit: boolean;
  /** Whether a flag, a variable or the template names the port: no other free port may replace it. */
  readonly isPortExplicit: boolean;
  /** Absolute path. */
  readonly templateFile: string;
  /** Absolute path of the folder that this lambdock belongs to: the template's, or the one that its build is in. */
  readonly projectFolder: string;
  /** Values for the parameters of a template for SAM or CloudFormation. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Values for variables of functions, by name or logical id, and under `Parameters` for all. */
  readonly variables: FunctionVariables;
  /** Names of the functions to host; empty: all of the template. */
  readonly only: readonly string[];
  /** Folders and zip files, as absolute paths, of layers of other accounts, by ARN with or without version. */
  readonly layers: Readonly<Record<string, string>>;
  /** Absolute path of the folder that holds code, layers, logs and run-time files. */
  readonly dataFolder: string;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** Distinguishes the engine's objects of this data folder from those of another one. */
  readonly instance: string;
  /** Where runtime images come from, as `parseBases` reads it. */
  readonly bases: string;
  /** PEM file with the authorities that image builds have to trust beside the usual ones. */
  readonly caFile?: string;
  /** Engine network that functions join. */
  readonly network?: string;
  /** Whether functions without a `network` can reach one another's ports. */
  readonly functionNetwork: 'isolated' | 'shared';
  readonly transport: 'auto' | 'unix' | 'unix-relay' | 'tcp';
  /** Sandboxes kept ready. */
  readonly spares: SpareCounts;
  readonly idleTimeoutMs: number;
  /** Whether environments are frozen between invocations. */
  readonly freeze: boolean;
  /** Whether a runtime that starts again after a crash or timeout has the full CPU, as in the init phase. */
  readonly resetInit: 'boosted' | 'throttled';
  /** What a sandbox serves whose environment has ended in good order: its own function, or any of its image. */
  readonly reuse: 'function' | 'any';
  /** What becomes of invocations of functions that are being created. */
  readonly pending: 'wait' | 'refuse';
  /** How many times faster than on Lambda the waits before retries of asynchronous invocations pass. */
  readonly retrySpeed: number;
  /** A function's log file that reaches this size is set aside, and a new one is begun. */
  readonly logFileBytes: number;
  /** Log files kept per function, the current one included. */
  readonly logFiles: number;
  /** Engine address, e.g. `unix:///var/run/docker.sock`; absent: looked for. */
  readonly dockerHost?: string;
  /** Folder with `ca.pem`, `cert.pem` and `key.pem` for an engine that is reached over TLS. */
  readonly tlsFolder?: string;
  /** Whether a changed template, code or layer is deployed while lambdock runs. */
  readonly watch: boolean;
  /** A stand-in for AWS, e.g. `http://localhost:4566`: for functions, and for lambdock's own requests to AWS. */
  readonly awsEndpoint?: string;
  /** Where code is fetched from that is named by bucket and key, e.g. `http://127.0.0.1:9090`. */
  readonly s3Endpoint?: string;
  /** Whether functions that ask for another architecture than the engine's run on the engine's, or fail. */
  readonly architecture: 'any' | 'strict';
  /** Whether signatures of requests are verified, or any is believed. */
  readonly auth: 'any' | 'required';
  /** Secrets by access key ids, of those who may call where signatures are verified. */
  readonly keys: ReadonlyMap<string, string>;
  /** Host names that requests may address lambdock by, beside its own; see `FrontDoorOptions`. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may send requests. */
  readonly allowedOrigins: readonly string[];
  /** What commands sign their requests with; absent: they go unsigned. */
  readonly credentials?: Credentials;
  /** What requests to the S3 are signed with: those that AWS's own tools would take; absent: they go unsigned. */
  readonly s3Credentials?: Credentials;
  readonly color: 'auto' | 'never';
  /** What the template says of these: a running lambdock has read it once, and needs another start where it changes. */
  readonly templateSettings: TemplateSettings;
}

export const defaultPort = 9_000;

/** Flags as a command has parsed them, by their name in camel case: `{ port: '9000', freeze: false }`. */
export type Flags = Readonly<Record<string, unknown>>;

/** Everything that is wrong with the settings, at once; each line says where the value came from. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Where a setting can come from beside its default. */
export interface SettingSource {
  /** Name in `Flags`; on the command line it is written in kebab case. */
  readonly flag: string;
  /** Whether the flag may be there several times; its value is a list then. */
  readonly repeatable?: true;
  /** Whether several values may follow one flag. */
  readonly several?: true;
  /** Environment variables, the first that is set counts. */
  readonly variables: readonly string[];
  /** Key in the template, for those that can be there. */
  readonly template?: SettingName;
  /** One line for the command's help. */
  readonly help: string;
}

const path = text('must be a path', (value) => value !== '' && !value.includes('\0'));
const address = text('must be an address such as 127.0.0.1 or 0.0.0.0', (value) => /^[\w.:-]+$/.test(value));
const url = text('must be an address such as http://127.0.0.1:9000', (value) =>
  /^https?:\/\/[^/\s]+\/?$/.test(value),
);
const oneKey = text('must be an access key id and its secret such as ID:SECRET', (value) =>
  /^[^:,\s]+:[^,\s]+$/.test(value),
);
const label = text('must be lower-case letters, digits and -, at most 40', (value) =>
  /^[a-z0-9-]{1,40}$/.test(value),
);
const engine = text('must be an address such as unix:///var/run/docker.sock or tcp://HOST:2375', (value) =>
  /^(unix|tcp|http|https|npipe|ssh):\/\/.+/.test(value),
);

const source = (flag: string, variable: string, help: string, template?: SettingName): SettingSource => ({
  flag,
  variables: [variable],
  help,
  ...(template !== undefined && { template }),
});

/** Every setting that can be given, for the help of commands and the README's table. */
export const settingSources = {
  port: source('port', 'LAMBDOCK_PORT', 'port of the Lambda API (default: 9000)', 'port'),
  host: source('host', 'LAMBDOCK_HOST', 'address to listen at (default: 127.0.0.1)'),
  endpoint: source('endpoint', 'LAMBDOCK_ENDPOINT', 'where lambdock runs, for commands that ask it'),
  template: source('template', 'LAMBDOCK_TEMPLATE', 'file that names the functions (default: lambdock.yaml)'),
  parameter: {
    ...source('parameter', 'LAMBDOCK_PARAMETERS', 'NAME=VALUE for a parameter of a SAM template; repeatable'),
    repeatable: true,
  },
  only: {
    ...source('only', 'LAMBDOCK_ONLY', 'a function to host, instead of all; repeatable'),
    repeatable: true,
  },
  parameterOverrides: {
    ...source(
      'parameterOverrides',
      'LAMBDOCK_PARAMETER_OVERRIDES',
      'values for parameters of a SAM template as SAM takes them: "Stage=prod Size=512"; repeatable',
    ),
    repeatable: true,
    several: true,
  },
  envVars: source(
    'envVars',
    'LAMBDOCK_ENV_VARS',
    'JSON file with values for variables of functions, as for SAM',
  ),
  containerEnvVars: source(
    'containerEnvVars',
    'LAMBDOCK_CONTAINER_ENV_VARS',
    'the same as --env-vars, which counts more',
  ),
  data: source(
    'data',
    'LAMBDOCK_DATA',
    'folder for code, layers and logs (default: .lambdock in the project folder)',
  ),
  region: source('region', 'LAMBDOCK_REGION', 'AWS region to play (default: us-east-1)', 'region'),
  accountId: source(
    'accountId',
    'LAMBDOCK_ACCOUNT_ID',
    'AWS account to play (default: 000000000000)',
    'accountId',
  ),
  instance: source(
    'instance',
    'LAMBDOCK_INSTANCE',
    "name in containers' labels (default: made from the data folder)",
  ),
  bases: source(
    'bases',
    'LAMBDOCK_BASES',
    'what runtime images are made from: auto, aws, docker-hub, debian, images of your own',
    'bases',
  ),
  caFile: {
    flag: 'caFile',
    // Image builds behind a proxy must trust the same authorities as this process.
    variables: ['LAMBDOCK_CA_FILE', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'],
    help: 'PEM file of authorities that image builds trust',
  },
  network: source('network', 'LAMBDOCK_NETWORK', 'engine network that functions join', 'network'),
  functionNetwork: source(
    'functionNetwork',
    'LAMBDOCK_FUNCTION_NETWORK',
    "isolated, or shared: functions reach one another's ports (default: isolated)",
    'functionNetwork',
  ),
  transport: source(
    'transport',
    'LAMBDOCK_TRANSPORT',
    'how sandboxes reach lambdock: auto, unix, unix-relay or tcp',
  ),
  spares: source(
    'spares',
    'LAMBDOCK_SPARES',
    'sandboxes kept ready in all, at most (default: 10), or NAME=COUNT by runtime or function',
    'spares',
  ),
  idleTimeout: source(
    'idleTimeout',
    'LAMBDOCK_IDLE_TIMEOUT',
    'seconds until an unused environment is shut down (default: 600)',
    'idleTimeout',
  ),
  freeze: source('freeze', 'LAMBDOCK_FREEZE', 'freeze environments between invocations (default: true)'),
  pending: source(
    'pending',
    'LAMBDOCK_PENDING',
    'invocations of functions that are being created: wait or refuse (default: wait)',
    'pending',
  ),
  retrySpeed: source(
    'retrySpeed',
    'LAMBDOCK_RETRY_SPEED',
    'how many times faster retries of asynchronous invocations come (default: 1)',
    'retrySpeed',
  ),
  reuse: source(
    'reuse',
    'LAMBDOCK_REUSE',
    'what an emptied sandbox serves next: its own function or any (default: function)',
    'reuse',
  ),
  resetInit: source(
    'resetInit',
    'LAMBDOCK_RESET_INIT',
    'CPU of a runtime that starts again after a crash or timeout: boosted or throttled (default: boosted)',
    'resetInit',
  ),
  logFileSize: source(
    'logFileSize',
    'LAMBDOCK_LOG_FILE_SIZE',
    'MB at which a log file is rotated (default: 20)',
    'logFileSize',
  ),
  logFiles: source('logFiles', 'LAMBDOCK_LOG_FILES', 'log files kept per function (default: 5)', 'logFiles'),
  awsEndpoint: source(
    'awsEndpoint',
    'LAMBDOCK_AWS_ENDPOINT',
    'address of a stand-in for AWS, which functions get as AWS_ENDPOINT_URL',
    'awsEndpoint',
  ),
  s3Endpoint: source(
    's3Endpoint',
    'LAMBDOCK_S3_ENDPOINT',
    'address of an S3 that code is fetched from (default: the AWS endpoint)',
  ),
  s3Key: source(
    's3Key',
    'LAMBDOCK_S3_KEY',
    'ID:SECRET that is signed with there (default: the AWS variables)',
  ),
  architecture: source(
    'architecture',
    'LAMBDOCK_ARCHITECTURE',
    "functions for another architecture than the engine's: any (they run on the engine's) or strict (they fail)",
    'architecture',
  ),
  auth: source('auth', 'LAMBDOCK_AUTH', 'whose requests are taken: any, or required to be signed', 'auth'),
  keys: source('keys', 'LAMBDOCK_KEYS', 'ID:SECRET of callers, with commas between them', 'keys'),
  allowedHosts: source(
    'allowedHosts',
    'LAMBDOCK_ALLOWED_HOSTS',
    'further host names to answer to, with commas between them',
    'allowedHosts',
  ),
  allowedOrigins: source(
    'allowedOrigins',
    'LAMBDOCK_ALLOWED_ORIGINS',
    'origins of web pages that may send requests, with commas between them',
    'allowedOrigins',
  ),
  watch: source('watch', 'LAMBDOCK_WATCH', 'deploy code again when it changes (default: true)'),
  dockerHost: source('dockerHost', 'DOCKER_HOST', "the engine's address (default: looked for)"),
  tlsFolder: source(
    'tlsFolder',
    'DOCKER_CERT_PATH',
    'folder with ca.pem, cert.pem and key.pem for the engine',
  ),
} as const satisfies Record<string, SettingSource>;

/** Looks for each setting in flags, then in variables, then in the template. */
class Resolver {
  readonly problems: string[] = [];
  template: TemplateSettings = {};

  constructor(
    readonly flags: Flags,
    readonly variables: Readonly<Record<string, string | undefined>>,
  ) {}

  value<T>(source: SettingSource, kind: Kind<T>): T | undefined {
    const flag = this.flags[source.flag];
    if (flag !== undefined) return this.#read(`--${kebab(source.flag)}`, String(flag), kind);
    const variable = source.variables.find((name) => (this.variables[name] ?? '') !== '');
    if (variable !== undefined) return this.#read(variable, this.variables[variable] ?? '', kind);
    const written = source.template && this.template[source.template];
    if (typeof written === 'object') return written as T;
    return written === undefined ? undefined : kind.read(String(written));
  }

  /** Whether a flag or a variable names it. */
  isGiven({ flag, variables }: SettingSource): boolean {
    return this.flags[flag] !== undefined || variables.some((name) => (this.variables[name] ?? '') !== '');
  }

  written({ flag, variables: [variable = ''] }: SettingSource): Written {
    return { flag: this.flags[flag], variable: this.variables[variable] ?? '' };
  }

  #read<T>(origin: string, value: string, kind: Kind<T>): T | undefined {
    const read = kind.read(value);
    if (read === undefined) this.problems.push(`${origin} ${violation(kind, value)}`);
    return read;
  }
}

/**
 * Flags go before environment variables, these before the template, that before the defaults. Relative paths
 * are relative to `workingDirectory`.
 * @throws {SettingsError} with every bad flag and variable, and what is wrong with the template
 * @throws {TemplateError} where only the template is wrong
 */
export function resolveSettings(
  flags: Flags,
  variables: Readonly<Record<string, string | undefined>> = process.env,
  workingDirectory = process.cwd(),
  /** `functions`: whether the template's functions are checked too, so that every problem is reported at once. */
  checks: { readonly functions?: boolean } = {},
): Settings {
  const resolver = new Resolver(flags, variables);
  const sources = settingSources;
  const templateFile = resolve(workingDirectory, resolver.value(sources.template, path) ?? 'lambdock.yaml');
  let templateError = templateErrorOf(() => {
    resolver.template = loadTemplateSettings(templateFile);
  });

  const projectFolder = projectFolderOf(templateFile);
  const data = resolver.value(sources.data, path);
  const dataFolder = data === undefined ? join(projectFolder, '.lambdock') : resolve(workingDirectory, data);
  const kinds = templateSettingKinds;
  const port = resolver.value(sources.port, kinds.port) ?? defaultPort;
  const host = resolver.value(sources.host, address) ?? '127.0.0.1';
  const caFile = readCaFile(resolver, workingDirectory);
  const network = resolver.value(sources.network, kinds.network);
  const awsEndpoint = resolver.value(sources.awsEndpoint, kinds.awsEndpoint)?.replace(/\/$/, '');
  const s3Endpoint = resolver.value(sources.s3Endpoint, url) ?? awsEndpoint;
  const keys = keysOf(resolver.value(sources.keys, kinds.keys) ?? '');
  const awsCredentials = awsCredentialsOf(variables);
  const s3Key = resolver.value(sources.s3Key, oneKey);
  const s3Credentials = s3Key === undefined ? awsCredentials : credentialsOf(undefined, keysOf(s3Key));
  const credentials = credentialsOf(awsCredentials, keys);
  const dockerHost = resolver.value(sources.dockerHost, engine);
  const tlsFolder = resolver.value(sources.tlsFolder, path);
  const functionVariables = (source: SettingSource) =>
    givenVariables(
      `--${kebab(source.flag)}`,
      resolver.value(source, path),
      workingDirectory,
      resolver.problems,
    );
  const settings: Settings = {
    port,
    host,
    endpoint: (resolver.value(sources.endpoint, url) ?? endpointOf(host, port)).replace(/\/$/, ''),
    isEndpointExplicit: resolver.isGiven(sources.endpoint) || resolver.isGiven(sources.port),
    isPortExplicit: resolver.isGiven(sources.port) || resolver.template.port !== undefined,
    templateFile,
    projectFolder,
    parameters: givenParameters(
      resolver.written(sources.parameter),
      resolver.written(sources.parameterOverrides),
      resolver.problems,
    ),
    variables: { ...functionVariables(sources.containerEnvVars), ...functionVariables(sources.envVars) },
    only: givenNames(resolver.written(sources.only)),
    layers: resolver.template.layers ?? {},
    dataFolder,
    region: resolver.value(sources.region, kinds.region) ?? 'us-east-1',
    accountId: resolver.value(sources.accountId, kinds.accountId) ?? '000000000000',
    instance: resolver.value(sources.instance, label) ?? uniqueName(dirname(dataFolder), dataFolder),
    bases: resolver.value(sources.bases, kinds.bases) ?? 'auto',
    transport: resolver.value(sources.transport, oneOf('auto', 'unix', 'unix-relay', 'tcp')) ?? 'auto',
    spares: resolver.value(sources.spares, kinds.spares) ?? { total: defaultSpares, minimum: {} },
    idleTimeoutMs: (resolver.value(sources.idleTimeout, kinds.idleTimeout) ?? 600) * 1_000,
    freeze: resolver.value(sources.freeze, trueOrFalse) ?? true,
    functionNetwork: resolver.value(sources.functionNetwork, kinds.functionNetwork) ?? 'isolated',
    pending: resolver.value(sources.pending, kinds.pending) ?? 'wait',
    retrySpeed: resolver.value(sources.retrySpeed, kinds.retrySpeed) ?? 1,
    reuse: resolver.value(sources.reuse, kinds.reuse) ?? 'function',
    resetInit: resolver.value(sources.resetInit, kinds.resetInit) ?? 'boosted',
    logFileBytes: (resolver.value(sources.logFileSize, kinds.logFileSize) ?? 20) * 1024 * 1024,
    logFiles: resolver.value(sources.logFiles, kinds.logFiles) ?? 5,
    allowedHosts: listOf(resolver.value(sources.allowedHosts, kinds.allowedHosts)),
    allowedOrigins: listOf(resolver.value(sources.allowedOrigins, kinds.allowedOrigins)),
    ...(awsEndpoint !== undefined && { awsEndpoint }),
    ...(s3Endpoint !== undefined && { s3Endpoint: s3Endpoint.replace(/\/$/, '') }),
    architecture: resolver.value(sources.architecture, kinds.architecture) ?? 'any',
    auth: resolver.value(sources.auth, kinds.auth) ?? 'any',
    keys,
    ...(credentials !== undefined && { credentials }),
    ...(s3Credentials !== undefined && { s3Credentials }),
    watch: resolver.value(sources.watch, trueOrFalse) ?? true,
    color: (variables.NO_COLOR ?? '') === '' ? 'auto' : 'never',
    templateSettings: resolver.template,
    ...(caFile !== undefined && { caFile }),
    ...(network !== undefined && { network }),
    ...(dockerHost !== undefined && { dockerHost }),
    ...(tlsFolder !== undefined && { tlsFolder: resolve(workingDirectory, tlsFolder) }),
  };
  if (checks.functions) templateError = templateErrorOf(() => loadTemplate(templateFile, settings));
  if (resolver.problems.length > 0) {
    throw new SettingsError([...resolver.problems, ...(templateError?.message.split('\n') ?? [])]);
  }
  if (templateError !== undefined) throw templateError;
  return Object.freeze(settings);
}

/** Settings of a command that hosts the template's functions, which are checked too. Throws as `resolveSettings` does. */
export function hostSettings(flags: Flags): Settings {
  return resolveSettings(flags, process.env, process.cwd(), { functions: true });
}

/** @returns what is wrong with the template, for a list of everything that is wrong */
function templateErrorOf(load: () => unknown): TemplateError | undefined {
  try {
    load();
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
}

function readCaFile(resolver: Resolver, workingDirectory: string): string | undefined {
  const given = resolver.value(settingSources.caFile, path);
  if (given === undefined) return undefined;
  const file = resolve(workingDirectory, given);
  if (existsSync(file)) return file;
  // Variables that were set for other programs are a hint, not an order.
  const { flags, variables } = resolver;
  const ordered = flags.caFile !== undefined ? '--ca-file' : variables.LAMBDOCK_CA_FILE && 'LAMBDOCK_CA_FILE';
  if (ordered) resolver.problems.push(`${ordered} is ${given}, but ${file} does not exist`);
  return undefined;
}

/** The address to connect to: a listener's "every address" is reached at the loopback address. */
export function endpointOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** `sam build` and `cdk synth` write templates into folders that they empty before each run. */
function projectFolderOf(templateFile: string): string {
  const folder = dirname(templateFile);
  return folder.replace(/[/\\](\.aws-sam[/\\]build|cdk\.out)$/, '') || folder;
}

/** A readable name that no other path has, from the last part of `folder` and a hash of `path`. */
export function uniqueName(folder: string, path = folder): string {
  const last = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return `${last.slice(0, 20).replaceAll(/^-+|-+$/g, '') || 'lambdock'}-${sha256(path).slice(0, 8)}`;
}

const listOf = (written = ''): readonly string[] => written.split(',').filter((each) => each !== '');

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** lambdock's own version; `src` and `dist` lie equally deep in the package. */
export const version: string = readVersion();

function readVersion(): string {
  const read: unknown = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : 'unknown';
}
