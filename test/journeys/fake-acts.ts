import { setTimeout } from 'node:timers/promises';
import type { FakeProcess, Script } from '../support/fakes/fake-process';
import { type FakeInvocation, lambdaRuntime } from '../support/fakes/fake-runtime';

const mebibyte = 1024 * 1024;

interface Act {
  readonly act?: string;
  readonly message: string;
  readonly code: number;
  readonly signal: string;
  readonly seconds: number;
  readonly megabytes: number;
  readonly bytes: number;
  readonly text: string;
  readonly path: string;
}

type Performed = (event: Act, invocation: FakeInvocation) => unknown;

const lower = (process: FakeProcess, name: string) => process.environment[name];

/** What `fixtures/functions/python/acts.py` does, for the engine without containers. */
const acts: Readonly<Record<string, Performed>> = {
  nothing: () => undefined,
  count: (_event, { count }) => count,
  whoami: (_event, { process, count }) => ({
    stream: lower(process, 'AWS_LAMBDA_LOG_STREAM_NAME'),
    invocations: count,
  }),
  credentials: (_event, { process }) => ({
    id: lower(process, 'AWS_ACCESS_KEY_ID'),
    secret: lower(process, 'AWS_SECRET_ACCESS_KEY'),
  }),
  context: (_event, { process, headers, requestId, deadlineMs }) => {
    // Header bytes are UTF-8; Node gives one character for each.
    const written = Buffer.from(String(headers['lambda-runtime-client-context'] ?? 'null'), 'latin1');
    const client = JSON.parse(written.toString());
    return {
      functionName: lower(process, 'AWS_LAMBDA_FUNCTION_NAME'),
      functionVersion: lower(process, 'AWS_LAMBDA_FUNCTION_VERSION'),
      invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
      memoryLimit: lower(process, 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
      requestId,
      logGroup: lower(process, 'AWS_LAMBDA_LOG_GROUP_NAME'),
      logStream: lower(process, 'AWS_LAMBDA_LOG_STREAM_NAME'),
      remainingMs: deadlineMs - Date.now(),
      traceId: headers['lambda-runtime-trace-id'],
      client: client && { custom: client.custom, env: client.env, title: client.client.app_title },
    };
  },
  fail: ({ message }) => {
    throw Object.assign(new Error(message), { name: 'ValueError' });
  },
  leave: ({ code }, { process }) => {
    process.print('leaving\n');
    process.exit(code);
  },
  crash: ({ signal }, { process }) => {
    process.print('crashing\n');
    process.crash(signal);
  },
  hang: (_event, { process }) => {
    process.print('hanging\n');
    return process.hang();
  },
  wait: async ({ seconds }, { process }) => {
    await setTimeout(seconds * 1_000);
    return lower(process, 'AWS_LAMBDA_LOG_STREAM_NAME');
  },
  hog: ({ megabytes }, { process }) => {
    process.useMemory(megabytes * mebibyte);
    return megabytes;
  },
  large: ({ bytes }, { process }) => {
    process.print('large\n');
    return 'x'.repeat(bytes - 2);
  },
  say: ({ text }, { process }) => process.print(`${text}\n`),
  write: ({ path, text }, { process, count }) => {
    process.sandbox.writeTmp(path, Buffer.from(text));
    return count;
  },
  read: ({ path }, { process, count }) => ({
    text: process.sandbox.tmp.get(path)?.toString() ?? null,
    invocations: count,
  }),
};

export const fakeActs: Script = lambdaRuntime((event, invocation) => {
  const name = event !== null && typeof event === 'object' ? event.act : undefined;
  return name === undefined ? event : acts[name]?.(event, invocation);
});
