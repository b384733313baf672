import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defaultLogGroup } from '../../aws/logging';
import type { Credentials } from '../../aws/signing';
import type { ImageStart, ProcessSpec } from '../../engine/engine';
import type { FunctionVersion, ZipPackage } from '../../functions/function-version';
import { familyOf } from '../../runtimes/runtimes';
import type { FunctionIdentity } from '../runtime-link';
import { withoutEmulator } from './emulator-entry';

export interface Identity {
  readonly region: string;
  readonly accountId: string;
  /** Further variables for every function, e.g. addresses of this emulator's own API. */
  readonly extra: Readonly<Record<string, string>>;
  /** The secret from which an account's credentials are derived; absent if any signature is accepted. */
  readonly secretOf?: (accountId: string) => string | undefined;
}

/**
 * Region, account and addresses for sandboxes. The Runtime API's address also serves the Lambda API, without a network.
 */
export function sandboxIdentity(
  { region, accountId }: Pick<Identity, 'region' | 'accountId'>,
  /** Whether a stand-in serves other AWS services. */
  hasStandIn: boolean,
  secretOf: Identity['secretOf'],
): Identity {
  const address = `http://${runtimeApiAddress}`;
  return {
    region,
    accountId,
    extra: { AWS_ENDPOINT_URL_LAMBDA: address, ...(hasStandIn && { AWS_ENDPOINT_URL: address }) },
    ...(secretOf && { secretOf }),
  };
}

/**
 * Whether an environment was made for a request, or ahead for provisioned concurrency; the value of
 * `AWS_LAMBDA_INITIALIZATION_TYPE`.
 */
export type InitializationType = 'on-demand' | 'provisioned-concurrency';

/** Initialization type that the runtime and the log get. */
export type ReportedInitialization = InitializationType | 'snap-start';

export const reportedInitialization = (
  { snapStart }: FunctionVersion,
  type: InitializationType,
): ReportedInitialization => (snapStart && type === 'on-demand' ? 'snap-start' : type);

/** Where the init listens in every sandbox. It is loopback, so that no function reaches another's Runtime API. */
const runtimeApiAddress = '127.0.0.1:9001';

/** Descriptor of the framed log pipe; 62 on Lambda too. */
const telemetryDescriptor = '62';

/** On Lambda the daemon listens at a link-local address; here the init stands for it. */
const xrayHost = '127.0.0.1';

/**
 * Variables as the service sets them, recorded from it per runtime (python3.13, nodejs24.x, images). What the
 * user configured may override only those in the first group; the rest is reserved.
 */
function variables(
  version: FunctionVersion,
  image: ImageStart,
  identity: Identity,
  logStream: string,
  initializationType: ReportedInitialization,
  credentials: Required<Credentials>,
) {
  const managed = version.package.kind === 'zip';
  const overridable = managed
    ? {
        LANG: 'en_US.UTF-8',
        TZ: ':UTC',
        PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
        LD_LIBRARY_PATH:
          '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
      }
    : image.environment;
  const { environment, logging } = version;
  return {
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    // Without them runtimes log as text, at every level.
    ...(logging?.format === 'JSON' && {
      AWS_LAMBDA_LOG_FORMAT: logging.format,
      AWS_LAMBDA_LOG_LEVEL: logging.applicationLevel,
    }),
    ...overridable,
    AWS_XRAY_DAEMON_ADDRESS: `${xrayHost}:2000`,
    ...identity.extra,
    ...version.environment,
    AWS_LAMBDA_RUNTIME_API: runtimeApiAddress,
    AWS_REGION: identity.region,
    AWS_DEFAULT_REGION: identity.region,
    AWS_ACCESS_KEY_ID: environment.AWS_ACCESS_KEY_ID ?? credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: environment.AWS_SECRET_ACCESS_KEY ?? credentials.secretAccessKey,
    AWS_SESSION_TOKEN: environment.AWS_SESSION_TOKEN ?? credentials.sessionToken,
    AWS_LAMBDA_FUNCTION_NAME: version.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(version.memoryMiB),
    AWS_LAMBDA_INITIALIZATION_TYPE: initializationType,
    AWS_LAMBDA_LOG_GROUP_NAME: logging?.group ?? defaultLogGroup(version.functionName),
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    LAMBDA_TASK_ROOT: '/var/task',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    _AWS_XRAY_DAEMON_ADDRESS: xrayHost,
    _AWS_XRAY_DAEMON_PORT: '2000',
    ...(version.package.kind === 'zip'
      ? {
          _HANDLER: version.package.handler,
          // Not set for OS-only runtimes.
          ...(!isProvided(version.package) && {
            AWS_EXECUTION_ENV: `AWS_Lambda_${version.package.runtime}`,
          }),
          _LAMBDA_TELEMETRY_LOG_FD: telemetryDescriptor,
          // The service starts these runtimes with a shell script.
          ...(familyOf(version.package.runtime)?.startsInShell ? {} : { SHLVL: '0' }),
        }
      : { AWS_EXECUTION_ENV: 'AWS_Lambda_Image' }),
  };
}

const isProvided = ({ runtime }: ZipPackage) => familyOf(runtime)?.hasOwnBootstrap === true;

/**
 * The program of an OS-only runtime: `bootstrap` in the code, else in a layer. Undefined for other runtimes.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
 */
function ownBootstrap({ package: code }: FunctionVersion): readonly string[] | undefined {
  if (code.kind !== 'zip' || !isProvided(code)) return undefined;
  const { codeFolder, layersFolder } = code;
  const inLayer = layersFolder !== undefined && existsSync(join(layersFolder, 'bootstrap'));
  return [inLayer && !existsSync(join(codeFolder, 'bootstrap')) ? '/opt/bootstrap' : '/var/task/bootstrap'];
}

/**
 * The process of an image. `ImageConfig` replaces each field independently: another entry point keeps the image's CMD.
 */
export function imageProcess(
  { package: code }: FunctionVersion,
  image: ImageStart,
): Pick<ImageStart, 'entryPoint' | 'command' | 'workingDirectory'> {
  const overrides = code.kind === 'image' ? code : undefined;
  return {
    entryPoint: overrides?.entryPoint ?? image.entryPoint,
    command: overrides?.command ?? image.command,
    workingDirectory: overrides?.workingDirectory ?? (image.workingDirectory || '/'),
  };
}

/** Whether the image starts AWS's emulator, which lambdock skips. */
export function skipsEmulator(version: FunctionVersion, image: ImageStart): boolean {
  const { entryPoint, command } = imageProcess(version, image);
  const whole = [...entryPoint, ...command];
  return withoutEmulator(whole) !== whole;
}

/** How the runtime of an environment is started. */
export function runtimeProcess(
  version: FunctionVersion,
  image: ImageStart,
  identity: Identity,
  logStream: string,
  initializationType: ReportedInitialization,
  credentials: Required<Credentials>,
): ProcessSpec {
  const { entryPoint, command, workingDirectory } = imageProcess(version, image);
  const [program = '', ...rest] = withoutEmulator([...(ownBootstrap(version) ?? entryPoint), ...command]);
  return {
    name: 'runtime',
    command: [program, ...rest],
    workingDirectory,
    environment: variables(version, image, identity, logStream, initializationType, credentials),
    telemetryDescriptor: version.package.kind === 'zip',
  };
}

/** What extensions are informed of when they register. Functions packaged as images have no handler. */
export function functionIdentity({
  functionName,
  version,
  functionArn,
  snapStart,
  package: code,
}: FunctionVersion): FunctionIdentity {
  const [, , , , accountId = ''] = functionArn.split(':');
  return {
    functionName,
    functionVersion: version,
    handler: code.kind === 'zip' ? code.handler : '',
    accountId,
    ...(snapStart && { snapStart }),
  };
}

/** Variables of the runtime that extensions do not get.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html */
const withheld: ReadonlySet<string> = new Set([
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_XRAY_CONTEXT_MISSING',
  'AWS_XRAY_DAEMON_ADDRESS',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
  '_AWS_XRAY_DAEMON_ADDRESS',
  '_AWS_XRAY_DAEMON_PORT',
  '_HANDLER',
  '_LAMBDA_TELEMETRY_LOG_FD',
]);

/** How an external extension is started, beside the runtime's process. */
export function extensionProcess(participant: string, name: string, runtime: ProcessSpec): ProcessSpec {
  const entries = Object.entries(runtime.environment).filter(([name]) => !withheld.has(name));
  return {
    name: participant,
    command: [`/opt/extensions/${name}`],
    workingDirectory: '/',
    environment: Object.fromEntries(entries),
  };
}
