import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InvocationDetails } from '../../../src/operator-api/contract';
import { RunningApp } from '../../support/app/running-app';
import { RecordingServer } from '../../support/clients/recording-server';
import { functionsFolder } from '../../support/functions/functions-folder';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(300_000);

let app: RunningApp;
let folder: TemporaryFolder;
let collector: RecordingServer;

const code = `
import os

def handler(event, context):
    if event.get('fail'):
        raise ValueError('it failed')
    return os.environ['_X_AMZN_TRACE_ID']
`;

beforeAll(async () => {
  collector = await RecordingServer.start();
  collector.json(200, {});
  folder = await TemporaryFolder.make();
  await mkdir(join(folder.path, 'code'));
  await writeFile(join(folder.path, 'code/app.py'), code);
  const python = {
    runtime: 'python3.13',
    handler: 'app.handler',
    code: join(folder.path, 'code'),
    timeout: 20,
  };
  app = await RunningApp.start({
    settings: { spares: 0, otlp: { endpoint: collector.endpoint } },
    keepStore: true,
    functions: {
      traced: python,
      'xray-python': {
        ...python,
        tracing: 'Active',
        code: functionsFolder('xray/python'),
        layers: [functionsFolder('xray/layer-python')],
      },
      'xray-node': {
        ...python,
        tracing: 'Active',
        runtime: 'nodejs22.x',
        handler: 'index.handler',
        code: functionsFolder('xray/node'),
        layers: [functionsFolder('xray/layer-node')],
      },
    },
  });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await collector?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

interface Sent {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
}

/** An invocation as it is remembered, once it has so many segments. */
async function recorded(requestId: string, segments: number): Promise<InvocationDetails> {
  for (;;) {
    const answer = await fetch(`${app.address}/_lambdock/invocations/${requestId}`);
    const details = (await answer.json()) as InvocationDetails;
    if ((details.invocation.segments ?? []).length >= segments) return details;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The spans of an invocation, once the collector has them. */
async function spansOf(requestId: string): Promise<readonly Span[]> {
  for (;;) {
    const all = collector.requests.flatMap(({ body }) =>
      (JSON.parse(body) as Sent).resourceSpans.flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap(({ spans }) => spans),
      ),
    );
    const whole = all.find(({ attributes }) =>
      attributes.some(({ value }) => value.stringValue === requestId),
    );
    if (whole) return all.filter(({ traceId }) => traceId === whole.traceId);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('the collector gets the phases of a cold and of a warm invocation', async () => {
  const cold = await app.invoke('traced', {});
  const warm = await app.invoke('traced', {});
  const spans = await spansOf(cold.requestId);
  expect(spans.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['traced', 'sandbox', 'runtime-init', 'handler', 'runtime-overhead']),
  );
  expect((await spansOf(warm.requestId)).map(({ name }) => name)).not.toContain('runtime-init');
});

test('the handler`s span is the parent that the function got', async () => {
  const { requestId, payload } = await app.invoke('traced', {});
  const spans = await spansOf(requestId);
  const handler = spans.find(({ name }) => name === 'handler');
  const [, date, rest, parent] =
    /^Root=1-([0-9a-f]{8})-([0-9a-f]{24});Parent=([0-9a-f]{16});/.exec(String(payload)) ?? [];
  expect(handler).toMatchObject({ traceId: `${date}${rest}`, spanId: parent });
});

// The first request of a second is sampled, and a function's first one is the first of its second.
test.each(['xray-python', 'xray-node'])('%s: subsegments are below the handler`s span', async (name) => {
  const { requestId, payload } = await app.invoke(name, {});
  expect(payload).toBe('done');
  const { invocation } = await recorded(requestId, 3);
  const [query, inner, failing] = ['query', 'inner', 'failing'].map((each) =>
    invocation.segments?.find((segment) => segment.name === each),
  );
  expect(inner?.parentId).toBe(query?.id);
  expect(failing).toMatchObject({ parentId: query?.parentId, isError: true });
  const spans = await spansOf(requestId);
  const handler = spans.find((span) => span.name === 'handler');
  expect(handler?.spanId).toBe(query?.parentId);
  expect(spans.find((span) => span.name === 'inner')).toMatchObject({
    spanId: inner?.id,
    parentSpanId: query?.id,
  });
});

test('metrics count invocations, errors and cold starts', async () => {
  await app.invoke('traced', { fail: true });
  const answer = await fetch(`${app.address}/_lambdock/metrics`);
  expect(answer.headers.get('content-type')).toMatch(/^application\/openmetrics-text/);
  const text = await answer.text();
  const value = (name: string) =>
    Number(new RegExp(`^${name}\\{function="traced"\\} (\\S+)$`, 'm').exec(text)?.[1]);
  expect(value('lambdock_errors_total')).toBe(1);
  expect(value('lambdock_cold_starts_total')).toBe(1);
  expect(value('lambdock_invocations_total')).toBeGreaterThanOrEqual(2);
  expect(value('lambdock_duration_seconds_count')).toBe(value('lambdock_invocations_total'));
});
