import type { IncomingMessage } from 'node:http';
import { type Credentials, signatureHeaders } from '../../aws/signing';
import { systemClock } from '../../lib/clock';
import { rootErrnoOf } from '../../lib/errno';
import type {
  ControlResult,
  EnvironmentRow,
  FunctionList,
  Health,
  InvocationDetails,
  NoticeRow,
  QueueRow,
  ResultRow,
  SignIn,
  Stats,
  Timeline,
} from '../../operator-api/contract';
import { Problem } from '../problem';
import { type HttpRequest, parsed, readAll, send } from './http';
import { refusal } from './refusal';

/** lambdock's address, and the credentials that sign requests; without credentials requests are unsigned. */
export interface Connection {
  readonly endpoint: string;
  readonly credentials?: Credentials;
}

const unreachable = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ETIMEDOUT',
]);

/** The region in signatures. It names no region of AWS, so lambdock uses its own, which a command does not know. */
const anyRegion = 'local';

/** A running lambdock, spoken to over HTTP. */
export class Emulator {
  readonly endpoint: string;
  readonly #credentials: Credentials | undefined;

  /** @param patienceMs how long a response about lambdock itself may take; absent: without limit */
  constructor(
    { endpoint, credentials }: Connection,
    readonly patienceMs?: number,
  ) {
    this.endpoint = endpoint;
    this.#credentials = credentials;
  }

  /** Resolves with the response of any status; rejects with a `Problem` if lambdock does not respond. */
  async send(request: HttpRequest): Promise<IncomingMessage> {
    const url = this.#url();
    const signed = await this.#signed(request, url);
    try {
      return await send({ url }, signed);
    } catch (error) {
      const code = rootErrnoOf(error);
      if (code !== undefined && unreachable.has(code)) throw new Problem(notRunning(this.endpoint));
      if (code === 'ECONNRESET') {
        throw new Problem(
          `lambdock at ${this.endpoint} closed the connection without a response. Check whether it still runs: npx lambdock list`,
        );
      }
      throw error;
    }
  }

  functions(): Promise<FunctionList> {
    return this.#get('/_lambdock/functions');
  }

  /** Problems that concern lambdock or this function. */
  async notices(functionName: string): Promise<readonly NoticeRow[]> {
    const path = `/_lambdock/notices?${new URLSearchParams({ function: functionName })}`;
    const { notices = [] } = await this.#get<{ readonly notices?: readonly NoticeRow[] }>(path);
    return notices;
  }

  environments(): Promise<{ readonly environments: readonly EnvironmentRow[] }> {
    return this.#get('/_lambdock/environments');
  }

  health(): Promise<Health> {
    return this.#get('/_lambdock/health');
  }

  /** Resolves to the page's address, which signs a browser in if needed. */
  async page(): Promise<string> {
    const { path } = await this.#json<SignIn>({ method: 'POST', path: '/_lambdock/sign-in' });
    return new URL(path, this.endpoint).href;
  }

  /** Leaves the result of a run or a tuning for the page; resolves to the address of its plot. */
  async keepResult(result: object): Promise<string> {
    const body = Buffer.from(JSON.stringify(result));
    const { id } = await this.#json<ResultRow>({ method: 'POST', path: '/_lambdock/results', body });
    return new URL(`/#/results/${id}`, this.endpoint).href;
  }

  /** Resolves to how many environments were retired. */
  async retire(functionName: string): Promise<number> {
    const path = `/_lambdock/functions/${encodeURIComponent(functionName)}/retire`;
    const answer = await this.#json<{ readonly retired: number }>({ method: 'POST', path });
    return answer.retired;
  }

  /** Does something to the environments of a function. */
  control(
    functionName: string,
    action: string,
    query: Readonly<Record<string, string>> = {},
  ): Promise<ControlResult> {
    const path = `/_lambdock/functions/${encodeURIComponent(functionName)}/${action}?${new URLSearchParams(query)}`;
    return this.#json({ method: 'POST', path });
  }

  /** Lets idle time pass, for one function or for all. */
  advanceIdle(ms: number, functionName?: string): Promise<ControlResult> {
    const query = { ms: String(ms), ...(functionName !== undefined && { function: functionName }) };
    return this.#json({ method: 'POST', path: `/_lambdock/idle-clock?${new URLSearchParams(query)}` });
  }

  /** The recorded timeline; see `Timeline` for filters. */
  timeline(query: Readonly<Record<string, string>> = {}): Promise<Timeline> {
    return this.#get(`/_lambdock/timeline?${new URLSearchParams(query)}`);
  }

  invocation(id: string): Promise<InvocationDetails> {
    return this.#get(`/_lambdock/invocations/${encodeURIComponent(id)}`);
  }

  stats(): Promise<Stats> {
    return this.#get('/_lambdock/stats');
  }

  queue(): Promise<{ readonly events: readonly QueueRow[] }> {
    return this.#get('/_lambdock/queue');
  }

  /** Retries or drops waiting asynchronous invocations; resolves to how many. */
  async changeQueue(action: 'retry' | 'purge', functionName: string | undefined): Promise<number> {
    const query = functionName === undefined ? '' : `?function=${encodeURIComponent(functionName)}`;
    const path = `/_lambdock/queue/${action}${query}`;
    const { events } = await this.#json<{ readonly events: number }>({ method: 'POST', path });
    return events;
  }

  /** Deploys the present state of the template; resolves to the functions when each is ready or has failed. */
  reload(): Promise<FunctionList> {
    return this.#json({ method: 'POST', path: '/_lambdock/reload' });
  }

  #get<T>(path: string): Promise<T> {
    return this.#json<T>({ path });
  }

  async #json<T>(request: HttpRequest): Promise<T> {
    const signal = this.patienceMs === undefined ? undefined : AbortSignal.timeout(this.patienceMs);
    const answer = await this.send({ ...request, ...(signal ? { signal } : {}) });
    const body = await readAll(answer);
    const value = parsed(body.toString());
    if (answer.statusCode === 200 && value !== undefined) return value as T;
    throw refusal(this.endpoint, answer, body);
  }

  async #signed(request: HttpRequest, { host }: URL): Promise<HttpRequest> {
    if (this.#credentials === undefined) return request;
    const { method = 'GET', path, body = Buffer.alloc(0) } = request;
    const headers = { ...request.headers, host };
    const signing = {
      credentials: this.#credentials,
      region: anyRegion,
      service: 'lambda',
      at: new Date(systemClock.now()),
    };
    const signature = await signatureHeaders({ method, target: path, headers, body }, signing);
    return { ...request, headers: { ...headers, ...signature } };
  }

  #url(): URL {
    const text = this.endpoint.includes('://') ? this.endpoint : `http://${this.endpoint}`;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol !== 'http:') {
      throw new Problem(
        `The endpoint must be an http address such as http://localhost:9000, got ${this.endpoint}.`,
      );
    }
    return url;
  }
}

function notRunning(endpoint: string): string {
  return `lambdock is not running at ${endpoint}. Start it with "npm run up" or "npx lambdock start", or pass its address with --endpoint.`;
}
