import type { IncomingMessage } from 'node:http';
import type { FunctionRow } from '../lib/function-row';
import { type HttpRequest, readAll, send } from './http';
import { Problem, systemCode } from './problem';

/** What `GET /_lambdock/health` answers. */
export interface Health {
  readonly status: string;
  readonly version: string;
  readonly engine: string;
  readonly functions: number;
}

/** A row of `GET /_lambdock/environments`. */
export interface EnvironmentRow {
  readonly id: string;
  readonly engineId: string;
  readonly functionName: string;
  readonly version: string;
  readonly state: string;
  readonly madeAt: string;
  readonly invocations: number;
  readonly coldStart: 'spare' | 'on-demand';
  readonly initDurationMs?: number;
  readonly memoryUsedMiB?: number;
  readonly memorySize: number;
}

/** A line of `GET /_lambdock/logs`. */
export interface LogRow {
  readonly time: string;
  readonly functionName: string;
  readonly logStream: string;
  readonly requestId?: string;
  readonly text: string;
}

const unreachable = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ETIMEDOUT',
]);

/** A running lambdock, spoken to over HTTP. */
export class Emulator {
  /** @param patienceMs how long what it says about itself may take; without: for ever, as for an invocation */
  constructor(
    readonly endpoint: string,
    readonly patienceMs?: number,
  ) {}

  /** Resolves with whatever answer comes; rejects with a `Problem` where nothing answers. */
  async send(request: HttpRequest): Promise<IncomingMessage> {
    try {
      return await send({ url: this.#url() }, request);
    } catch (error) {
      const code = systemCode(error);
      if (code !== undefined && unreachable.has(code)) throw new Problem(notRunning(this.endpoint));
      if (code === 'ECONNRESET') {
        throw new Problem(
          `lambdock at ${this.endpoint} ended the connection without an answer. See whether it still runs: npx lambdock list`,
        );
      }
      throw error;
    }
  }

  functions(): Promise<{ readonly functions: readonly FunctionRow[] }> {
    return this.#get('/_lambdock/functions');
  }

  environments(): Promise<{ readonly environments: readonly EnvironmentRow[] }> {
    return this.#get('/_lambdock/environments');
  }

  health(): Promise<Health> {
    return this.#get('/_lambdock/health');
  }

  /** Resolves to how many environments were retired. */
  async retire(functionName: string): Promise<number> {
    const path = `/_lambdock/functions/${encodeURIComponent(functionName)}/retire`;
    const answer = await this.#json<{ readonly retired: number }>({ method: 'POST', path });
    return answer.retired;
  }

  #get<T>(path: string): Promise<T> {
    return this.#json<T>({ path });
  }

  async #json<T>(request: HttpRequest): Promise<T> {
    const signal = this.patienceMs === undefined ? undefined : AbortSignal.timeout(this.patienceMs);
    const answer = await this.send({ ...request, ...(signal ? { signal } : {}) });
    const text = (await readAll(answer)).toString();
    const value = parsed(text);
    if (answer.statusCode === 200 && value !== undefined) return value as T;
    throw new Problem(refusal(this.endpoint, answer.statusCode ?? 0, value, text));
  }

  #url(): URL {
    const text = this.endpoint.includes('://') ? this.endpoint : `http://${this.endpoint}`;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol !== 'http:') {
      throw new Problem(
        `The endpoint "${this.endpoint}" is not an http address. It looks like this: http://localhost:9000`,
      );
    }
    return url;
  }
}

function notRunning(endpoint: string): string {
  return `No lambdock runs at ${endpoint}. Start it with "npm run up" or "npx lambdock start", or name another place with --endpoint.`;
}

/** One sentence for an answer that is not the one that was asked for. */
export function refusal(endpoint: string, status: number, value: unknown, text: string): string {
  const message = messageOf(value);
  if (message === undefined) {
    return `What answers at ${endpoint} is not lambdock (status ${status}: ${text.slice(0, 80).trim() || 'no text'}). Name the right place with --endpoint.`;
  }
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  return status === 404 ? `${sentence} The functions that there are: npx lambdock list` : sentence;
}

function messageOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { message, Message } = value as { message?: unknown; Message?: unknown };
  return [message, Message].find((each) => typeof each === 'string');
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
