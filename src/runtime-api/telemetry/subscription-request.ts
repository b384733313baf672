import { limits } from '../../aws/limits';
import type {
  Buffering,
  Subscription,
  SubscriptionDestination,
  TelemetryKind,
} from '../../telemetry/subscriptions/subscription';
import { invalidRequest } from './telemetry-errors';

type Api = Subscription['api'];

const kinds: readonly unknown[] = ['platform', 'function', 'extension'] satisfies TelemetryKind[];

const schemaVersions = {
  telemetry: ['2022-07-01', '2022-12-13', '2025-01-29'],
  logs: ['2020-08-15', '2021-03-18'],
} as const;

/** The only names that lead to a listener inside the sandbox. */
const hosts: ReadonlySet<string> = new Set(['sandbox.localdomain', 'sandbox']);

/**
 * Reads the body of a subscription. Throws a `SubscriptionError` for one that Lambda refuses.
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-logs-api.html
 */
export function subscriptionOf(api: Api, body: Buffer): Omit<Subscription, 'name'> {
  const request = parsed(body);
  if (!isObject(request)) throw invalidRequest('The body must be a JSON object');
  return {
    api,
    schemaVersion: schemaVersionOf(api, request.schemaVersion),
    kinds: kindsOf(request.types),
    buffering: bufferingOf(api, request.buffering),
    destination: destinationOf(api, request.destination),
  };
}

function schemaVersionOf(api: Api, value: unknown): string {
  const known: readonly string[] = schemaVersions[api];
  // The Logs API had no versions at first.
  if (value === undefined && api === 'logs') return schemaVersions.logs[0];
  if (typeof value === 'string' && known.includes(value)) return value;
  throw invalidRequest(`schemaVersion must be one of ${known.join(', ')}, got ${shown(value)}`);
}

function kindsOf(value: unknown): readonly TelemetryKind[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every((each) => kinds.includes(each)))
    throw invalidRequest(
      `types must be a non-empty list of platform, function and extension, got ${shown(value)}`,
    );
  return [...new Set(value as TelemetryKind[])];
}

function bufferingOf(api: Api, value: unknown): Buffering {
  const given = value ?? {};
  if (!isObject(given)) throw invalidRequest(`buffering must be an object, got ${shown(value)}`);
  const number = (name: keyof Buffering, fallback: number): number => {
    const { min, max } = limits.telemetryBuffering[name];
    const number = given[name] ?? fallback;
    if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max)
      return number;
    throw invalidRequest(`buffering.${name} must be an integer from ${min} to ${max}, got ${shown(number)}`);
  };
  return {
    maxItems: number('maxItems', limits.telemetryBuffering.maxItems.default[api]),
    maxBytes: number('maxBytes', limits.telemetryBuffering.maxBytes.default),
    timeoutMs: number('timeoutMs', limits.telemetryBuffering.timeoutMs.default),
  };
}

function destinationOf(api: Api, value: unknown): SubscriptionDestination {
  if (!isObject(value)) throw invalidRequest(`destination must be an object, got ${shown(value)}`);
  const { protocol, URI, port, method = 'POST', encoding = 'JSON' } = value;
  if (encoding !== 'JSON') throw invalidRequest(`destination.encoding must be JSON, got ${shown(encoding)}`);
  if (protocol === 'TCP') {
    // The Telemetry API names the listener by a URI, the Logs API by a port.
    const number = port ?? (api === 'telemetry' ? addressOf(URI, 'tcp:').port : undefined);
    return { protocol, port: portOf(number) };
  }
  if (protocol !== 'HTTP')
    throw invalidRequest(`destination.protocol must be HTTP or TCP, got ${shown(protocol)}`);
  if (method !== 'POST' && method !== 'PUT')
    throw invalidRequest(`destination.method must be POST or PUT, got ${shown(method)}`);
  const url = addressOf(URI, 'http:');
  return { protocol, port: portOf(url.port), path: url.path, method };
}

function addressOf(value: unknown, protocol: 'http:' | 'tcp:') {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== protocol || !hosts.has(url.hostname))
    throw invalidRequest(
      `destination.URI must be ${protocol}//sandbox.localdomain:PORT, got ${shown(value)}`,
    );
  const port = url.port === '' && protocol === 'http:' ? 80 : Number(url.port);
  return { port, path: `${url.pathname}${url.search}` || '/' };
}

/** The Runtime API has its own. */
const reservedPort = 9001;

function portOf(port: unknown): number {
  if (
    typeof port === 'number' &&
    Number.isInteger(port) &&
    port > 0 &&
    port < 65_536 &&
    port !== reservedPort
  )
    return port;
  throw invalidRequest(
    `destination port must be an integer from 1 to 65535 other than ${reservedPort}, got ${shown(port)}`,
  );
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw invalidRequest('The body is not valid JSON');
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Short, as it comes from the function. */
const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 100));
