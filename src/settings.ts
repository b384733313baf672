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

/** The settings of this lambdock. Frozen; read once at the start. */
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
  /** Name in the labels of the engine's objects, different for each data folder. */
  readonly instance: string;
  /** Where runtime images come from, as `parseBases` reads it. */
  readonly bases: string;
  /** PEM file with further authorities that image builds must trust. */
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
  /** Invocations that are remembered for the timeline, at most. */
  readonly history: number;
  /** Engine address, e.g. `unix:///var/run/docker.sock`; absent: looked for. */
  readonly dockerHost?: string;
  /** Docker context whose engine is used; absent: the current one. */
  readonly dockerContext?: string;
  /** Folder with Docker's `config.json`; absent: `~/.docker`. */
  readonly dockerConfig?: string;
  /** Where rootless engines have their sockets; absent: `/run/user/UID`. */
  readonly runtimeFolder?: string;
  /** Folder with `ca.pem`, `cert.pem` and `key.pem` for an engine that is reached over TLS. */
  readonly tlsFolder?: string;
  /** Whether a changed template, code or layer is deployed while lambdock runs. */
  readonly watch: boolean;
  /** Functions to debug, beside those of which the template says so. */
  readonly debug: readonly DebugRequest[];
  /** Whether functions that are debugged wait for their debugger. */
  readonly debugWait: boolean;
  /** Address that the ports of debuggers listen at. */
  readonly debugHost: string;
  /** A stand-in for AWS, e.g. `http://localhost:4566`: for functions, and for lambdock's own requests to AWS. */
  readonly awsEndpoint?: string;
  /** Where log lines are delivered to, as to CloudWatch Logs. */
  readonly logsEndpoint?: string;
  /** An OpenTelemetry collector, e.g. `http://localhost:4318`. */
  readonly otlpEndpoint?: string;
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

/** Everything that is wrong with the settings, at once; each line says where the value came from. */
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
 * Flags go before environment variables, these before the template, that before the defaults. Relative paths
 * are relative to `workingDirectory`.
 * @throws {SettingsError} with every bad flag and variable, and what is wrong with the template
 * @throws {TemplateError} where only the template is wrong
 */
export function resolveSettings(
  flags: Flags,
  variables: Readonly<Record<string, string | undefined>> = process.env,
  workingDirectory = process.cwd(),
  /** How much of the template is checked: with its functions, so that every problem is reported at once, or nothing. */
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

/** Settings of a command that hosts the template's functions, which are checked too. Throws as `resolveSettings` does. */
export function hostSettings(flags: Flags): Settings {
  return resolveSettings(flags, process.env, process.cwd(), 'functions');
}

/** Settings of a command for which a template with mistakes is as good as none: it talks to what runs already. */
export function clientSettings(flags: Flags): Settings {
  return resolveSettings(flags, process.env, process.cwd(), 'nothing');
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

const listOf = (written = ''): readonly string[] => written.split(',').filter((each) => each !== '');
