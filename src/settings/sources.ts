import { type SettingName, templateSettingKinds } from '../functions/template/settings';
import type { Kind } from '../lib/kinds';

/** The sources of a setting. */
export interface SettingSource {
  /** Name in `Flags`. On the command line it is in kebab case. */
  readonly flag: string;
  /** Whether the flag may be repeated. Its value is then a list. */
  readonly repeatable?: true;
  /** Whether the flag has no value. */
  readonly isSwitch?: true;
  /** Whether several values may follow one flag. */
  readonly several?: true;
  /** Environment variables. The first that is set is used. */
  readonly variables: readonly string[];
  /** Key in the template. Absent if the template cannot have the setting. */
  readonly template?: SettingName;
  /** One line for the command's help. */
  readonly help: string;
  /** All allowed words, if the setting is an enumeration and is not in the template. */
  readonly words?: readonly string[];
}

/** All allowed words of a setting; empty if it is not an enumeration. */
export function wordsOf({ words, template }: SettingSource): readonly string[] {
  const kind: Kind<unknown> | undefined = template && templateSettingKinds[template];
  return words ?? kind?.words ?? [];
}

export const transports = ['auto', 'unix', 'unix-relay', 'tcp'] as const;

const source = (flag: string, variable: string, help: string, template?: SettingName): SettingSource => ({
  flag,
  variables: [variable],
  help,
  ...(template !== undefined && { template }),
});

/** All settings. The help of commands and the table in docs/settings.md are made from them. */
export const settingSources = {
  port: source('port', 'LAMBDOCK_PORT', 'port of the Lambda API (default: 9000)', 'port'),
  host: source('host', 'LAMBDOCK_HOST', 'address to listen at (default: 127.0.0.1)'),
  endpoint: source(
    'endpoint',
    'LAMBDOCK_ENDPOINT',
    'address of a running lambdock (default: the one of this folder)',
  ),
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
  region: source('region', 'LAMBDOCK_REGION', 'AWS region (default: us-east-1)', 'region'),
  accountId: source('accountId', 'LAMBDOCK_ACCOUNT_ID', 'AWS account (default: 000000000000)', 'accountId'),
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
  transport: {
    ...source('transport', 'LAMBDOCK_TRANSPORT', 'how sandboxes reach lambdock (default: auto)'),
    words: transports,
  },
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
  freeze: {
    ...source('freeze', 'LAMBDOCK_FREEZE', 'freeze environments between invocations (default: true)'),
    words: ['true', 'false'],
  },
  pending: source(
    'pending',
    'LAMBDOCK_PENDING',
    'whether invocations of functions that are being created wait (default: wait)',
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
  history: source(
    'history',
    'LAMBDOCK_HISTORY',
    'invocations that the timeline remembers (default: 20000)',
    'history',
  ),
  logFiles: source('logFiles', 'LAMBDOCK_LOG_FILES', 'log files kept per function (default: 5)', 'logFiles'),
  awsEndpoint: source(
    'awsEndpoint',
    'LAMBDOCK_AWS_ENDPOINT',
    'address of a stand-in for AWS, which functions get as AWS_ENDPOINT_URL',
    'awsEndpoint',
  ),
  logsEndpoint: source(
    'logsEndpoint',
    'LAMBDOCK_LOGS_ENDPOINT',
    'address that log lines are delivered to, as CloudWatch Logs, or none (default: the AWS endpoint)',
    'logsEndpoint',
  ),
  otlpEndpoint: source(
    'otlpEndpoint',
    'LAMBDOCK_OTLP_ENDPOINT',
    'address of an OpenTelemetry collector that traces are sent to',
    'otlpEndpoint',
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
  auth: source(
    'auth',
    'LAMBDOCK_AUTH',
    'whether requests must be signed with one of the keys (default: any)',
    'auth',
  ),
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
  watch: {
    ...source('watch', 'LAMBDOCK_WATCH', 'deploy code again when it changes (default: true)'),
    words: ['true', 'false'],
  },
  debug: {
    ...source('debug', 'LAMBDOCK_DEBUG', 'NAME or NAME:PORT of a function to debug; repeatable'),
    repeatable: true,
  },
  debugWait: {
    ...source('debugWait', 'LAMBDOCK_DEBUG_WAIT', 'functions that are debugged wait for their debugger'),
    isSwitch: true,
  },
  debugHost: source(
    'debugHost',
    'LAMBDOCK_DEBUG_HOST',
    'address that the ports of debuggers listen at (default: 127.0.0.1)',
  ),
  dockerHost: source(
    'dockerHost',
    'DOCKER_HOST',
    "the engine's address (default: the first engine that is found)",
  ),
  tlsFolder: source(
    'tlsFolder',
    'DOCKER_CERT_PATH',
    'folder with ca.pem, cert.pem and key.pem for the engine',
  ),
} as const satisfies Record<string, SettingSource>;
