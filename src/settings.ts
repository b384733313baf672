import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { awsCredentialsOf, credentialsOf, keysOf } from './aws/credentials';
import type { Credentials } from './aws/signing';
import type { DebugRequest } from './functions/template/debug';
import { givenDebug, givenNames, givenParameters, givenVariables } from './functions/template/given-settings';
import type { FunctionVariables } from './functions/template/given-values';
import { TemplateError } from './functions/template/problems';
import { type TemplateSettings, templateSettingKinds } from './functions/template/settings';
import { defaultSpares, type SpareCounts } from './functions/template/spare-counts';
import { loadTemplate, loadTemplateSettings } from './functions/template/template';
import { oneOf, text, trueOrFalse } from './lib/kinds';
import { defaultPort, endpointOf, projectFolderOf, uniqueName } from './settings/project';
import { type Flags, kebab, Resolver } from './settings/resolver';
import { type SettingSource, settingSources, transports } from './settings/sources';

/** The settings of this run of lambdock. They are frozen and read once at the start. */
export interface Settings {
  /** Port of the Lambda API; 0 takes a free one. */
  readonly port: number;
  /** Address that the port is bound to. */
  readonly host: string;
  /** Address at which commands find a running lambdock, e.g. `http://127.0.0.1:9000`. */
  readonly endpoint: string;
  /** Whether a flag or a variable sets the endpoint or the port. If so, no recorded address may replace it. */
  readonly isEndpointExplicit: boolean;
  /** Whether a flag, a variable or the template sets the port. If so, no other free port may replace it. */
  readonly isPortExplicit: boolean;
  /** Absolute path. */
  readonly templateFile: string;
  /** Absolute path of the project's folder: the template's, or the one that contains the template's build folder. */
  readonly projectFolder: string;
  /** Values for the parameters of a SAM or CloudFormation template. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Variables by function name or logical id, and under `Parameters` for all functions. */
  readonly variables: FunctionVariables;
  /** Names of the functions to host. If empty: all functions of the template. */
  readonly only: readonly string[];
  /** Absolute paths of folders and zip files that replace layers of other accounts, by ARN with or without version. */
  readonly layers: Readonly<Record<string, string>>;
  /** Absolute path of the folder that holds code, layers, logs and run-time files. */
  readonly dataFolder: string;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** Name in the labels of the engine's objects. It is different for each data folder. */
  readonly instance: string;
  /** Sources of runtime images, in the format of `parseBases`. */
  readonly bases: string;
  /** PEM file with further authorities that image builds must trust. */
  readonly caFile?: string;
  /** Engine network that functions join. */
  readonly network?: string;
  /** Whether functions can reach one another's ports if there is no `network`. */
  readonly functionNetwork: 'isolated' | 'shared';
  readonly transport: 'auto' | 'unix' | 'unix-relay' | 'tcp';
  /** Numbers of spare sandboxes. */
  readonly spares: SpareCounts;
  readonly idleTimeoutMs: number;
  /** Whether environments are frozen between invocations. */
  readonly freeze: boolean;
  /** Whether a runtime that restarts after a crash or timeout has the full CPU, as in the init phase. */
  readonly resetInit: 'boosted' | 'throttled';
  /** Which functions may reuse a sandbox whose environment has ended normally: the same, or any of the same image. */
  readonly reuse: 'function' | 'any';
  /** Whether invocations of a function that is being created wait or are refused. */
  readonly pending: 'wait' | 'refuse';
  /** Factor by which the waits before retries of asynchronous invocations are shorter than on Lambda. */
  readonly retrySpeed: number;
  /** Size at which a function's log file is rotated. */
  readonly logFileBytes: number;
  /** Number of log files per function, including the current one. */
  readonly logFiles: number;
  /** Maximum number of invocations in the timeline. */
  readonly history: number;
  /** Engine address, e.g. `unix:///var/run/docker.sock`. If absent, lambdock looks for an engine. */
  readonly dockerHost?: string;
  /** Docker context of the engine. Default: the current context. */
  readonly dockerContext?: string;
  /** Folder with Docker's `config.json`. Default: `~/.docker`. */
  readonly dockerConfig?: string;
  /** Folder with the sockets of rootless engines. Default: `/run/user/UID`. */
  readonly runtimeFolder?: string;
  /** Folder with `ca.pem`, `cert.pem` and `key.pem` for TLS connections to the engine. */
  readonly tlsFolder?: string;
  /** Whether changes of the template, code and layers are deployed while lambdock runs. */
  readonly watch: boolean;
  /** Functions to debug, in addition to those with `debug` in the template. */
  readonly debug: readonly DebugRequest[];
  /** Whether debugged functions wait for their debugger. */
  readonly debugWait: boolean;
  /** Address that the ports of debuggers are bound to. */
  readonly debugHost: string;
  /** Endpoint that replaces AWS for functions and for lambdock's own requests, e.g. `http://localhost:4566`. */
  readonly awsEndpoint?: string;
  /** Endpoint of the CloudWatch Logs API that receives log lines. */
  readonly logsEndpoint?: string;
  /** Endpoint of an OpenTelemetry collector, e.g. `http://localhost:4318`. */
  readonly otlpEndpoint?: string;
  /** Endpoint of the S3 API for code that is named by bucket and key, e.g. `http://127.0.0.1:9090`. */
  readonly s3Endpoint?: string;
  /** Whether a function with another architecture than the engine's runs on that one (`any`) or fails (`strict`). */
  readonly architecture: 'any' | 'strict';
  /** Whether request signatures are verified (`required`) or not (`any`). */
  readonly auth: 'any' | 'required';
  /** Secrets by access key id of allowed callers, if signatures are verified. */
  readonly keys: ReadonlyMap<string, string>;
  /** Additional host names for which lambdock accepts requests; see `FrontDoorOptions`. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may send requests to lambdock. */
  readonly allowedOrigins: readonly string[];
  /** Credentials for the requests of commands. If absent, requests are not signed. */
  readonly credentials?: Credentials;
  /** Credentials for requests to S3: those that AWS's tools use. If absent, requests are not signed. */
  readonly s3Credentials?: Credentials;
  readonly color: 'auto' | 'never';
  /** Settings from the template. They are read once: a change takes effect only after a restart. */
  readonly templateSettings: TemplateSettings;
}

/** All problems of the settings. Each line names the source of the value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
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

/**
 * Priority: flags, environment variables, the template, defaults. Relative paths are relative to `workingDirectory`.
 * @throws {SettingsError} with all invalid flags and variables, and with the problems of the template
 * @throws {TemplateError} if only the template is invalid
 */
export function resolveSettings(
  flags: Flags,
  variables: Readonly<Record<string, string | undefined>> = process.env,
  workingDirectory = process.cwd(),
  /** How much of the template is checked. `functions` reports the problems of settings and functions together. */
  check: 'settings' | 'functions' | 'nothing' = 'settings',
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
  const logsEndpoint =
    resolver.value(sources.logsEndpoint, kinds.logsEndpoint)?.replace(/\/$/, '') ?? awsEndpoint;
  const otlpEndpoint = resolver.value(sources.otlpEndpoint, kinds.otlpEndpoint)?.replace(/\/$/, '');
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
    transport: resolver.value(sources.transport, oneOf(...transports)) ?? 'auto',
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
    history: resolver.value(sources.history, kinds.history) ?? 20_000,
    allowedHosts: listOf(resolver.value(sources.allowedHosts, kinds.allowedHosts)),
    allowedOrigins: listOf(resolver.value(sources.allowedOrigins, kinds.allowedOrigins)),
    ...(awsEndpoint !== undefined && { awsEndpoint }),
    ...(logsEndpoint !== undefined && logsEndpoint !== 'none' && { logsEndpoint }),
    ...(otlpEndpoint !== undefined && { otlpEndpoint }),
    ...(s3Endpoint !== undefined && { s3Endpoint: s3Endpoint.replace(/\/$/, '') }),
    architecture: resolver.value(sources.architecture, kinds.architecture) ?? 'any',
    auth: resolver.value(sources.auth, kinds.auth) ?? 'any',
    keys,
    ...(credentials !== undefined && { credentials }),
    ...(s3Credentials !== undefined && { s3Credentials }),
    watch: resolver.value(sources.watch, trueOrFalse) ?? true,
    debug: givenDebug(resolver.written(sources.debug), resolver.problems),
    debugWait: resolver.value(sources.debugWait, trueOrFalse) ?? false,
    debugHost: resolver.value(sources.debugHost, address) ?? '127.0.0.1',
    color: (variables.NO_COLOR ?? '') === '' && flags.color !== false ? 'auto' : 'never',
    templateSettings: resolver.template,
    ...(caFile !== undefined && { caFile }),
    ...(network !== undefined && { network }),
    ...(dockerHost !== undefined && { dockerHost }),
    ...(variables.DOCKER_CONFIG && { dockerConfig: variables.DOCKER_CONFIG }),
    ...(variables.DOCKER_CONTEXT && { dockerContext: variables.DOCKER_CONTEXT }),
    ...(variables.XDG_RUNTIME_DIR && { runtimeFolder: variables.XDG_RUNTIME_DIR }),
    ...(tlsFolder !== undefined && { tlsFolder: resolve(workingDirectory, tlsFolder) }),
  };
  if (check === 'functions') templateError = templateErrorOf(() => loadTemplate(templateFile, settings));
  if (resolver.problems.length > 0) {
    throw new SettingsError([...resolver.problems, ...(templateError?.message.split('\n') ?? [])]);
  }
  if (templateError !== undefined && check !== 'nothing') throw templateError;
  return Object.freeze(settings);
}

/** Settings of a command that hosts the template's functions. Checks these too. Throws as `resolveSettings` does. */
export function hostSettings(flags: Flags): Settings {
  return resolveSettings(flags, process.env, process.cwd(), 'functions');
}

/** Settings of a command that talks to a running lambdock. Ignores a template with mistakes. */
export function clientSettings(flags: Flags): Settings {
  return resolveSettings(flags, process.env, process.cwd(), 'nothing');
}

/** @returns the error of an invalid template, so that it can be reported with other problems */
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
  // The other variables are set for other programs, so that a missing file is not a mistake.
  const { flags, variables } = resolver;
  const ordered = flags.caFile !== undefined ? '--ca-file' : variables.LAMBDOCK_CA_FILE && 'LAMBDOCK_CA_FILE';
  if (ordered) resolver.problems.push(`${ordered} is ${given}, but ${file} does not exist`);
  return undefined;
}

const listOf = (written = ''): readonly string[] => written.split(',').filter((each) => each !== '');
