import type { IncomingHttpHeaders } from 'node:http';
import type { FakeProcess, Script } from './fake-process';

const api = '/2018-06-01/runtime';

/** What a scripted handler gets beside the event. */
export interface FakeInvocation {
  /** To print, exit, crash, hang, use memory, write to `/tmp`. */
  readonly process: FakeProcess;
  readonly requestId: string;
  readonly deadlineMs: number;
  readonly headers: IncomingHttpHeaders;
  /** 1 for the first invocation of this process. */
  readonly count: number;
}

// biome-ignore lint/suspicious/noExplicitAny: an event is whatever JSON a test sends
export type FakeHandler = (event: any, invocation: FakeInvocation) => unknown;

export interface FakeRuntimeOptions {
  /** Runs before the first `/next`. What it throws is reported as an init error, and the process exits with 1. */
  readonly init?: (process: FakeProcess) => unknown;
}

function describe(error: unknown): { readonly headers: Record<string, string>; readonly body: string } {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const stackTrace = (stack ?? '')
    .split('\n')
    .slice(1, 3)
    .map((line) => line.trim());
  return {
    headers: { 'content-type': 'application/json', 'lambda-runtime-function-error-type': `Runtime.${name}` },
    body: JSON.stringify({ errorType: name, errorMessage: message, stackTrace }),
  };
}

/**
 * A runtime as AWS's clients are: asks for the next event, gives it to the handler, posts what that returns
 * (JSON; a Buffer goes as it is) or throws. An answer to its posts that is no success ends it with code 1.
 */
export function lambdaRuntime(handler: FakeHandler, { init }: FakeRuntimeOptions = {}): Script {
  return async (process) => {
    const post = async (
      path: string,
      body: string | Buffer,
      headers: Readonly<Record<string, string>> = {},
    ) => {
      const { status } = await process.http('POST', `${api}${path}`, { headers, body });
      if (status >= 500) process.exit(1);
    };
    try {
      await init?.(process);
    } catch (error) {
      const { body, headers } = describe(error);
      await post('/init/error', body, headers);
      return 1;
    }
    for (let count = 1; ; count += 1) {
      const next = await process.http('GET', `${api}/invocation/next`);
      if (next.status !== 200) return 1;
      const requestId = String(next.headers['lambda-runtime-aws-request-id']);
      const deadlineMs = Number(next.headers['lambda-runtime-deadline-ms']);
      try {
        const invocation: FakeInvocation = { process, requestId, deadlineMs, headers: next.headers, count };
        const result = await handler(JSON.parse(next.body.toString() || 'null'), invocation);
        const body = Buffer.isBuffer(result) ? result : JSON.stringify(result ?? null);
        await post(`/invocation/${requestId}/response`, body, { 'content-type': 'application/json' });
      } catch (error) {
        if (process.ended) return 0;
        const { body, headers } = describe(error);
        await post(`/invocation/${requestId}/error`, body, headers);
      }
    }
  };
}
