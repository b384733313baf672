import type {
  EnvironmentTrace,
  FunctionRow,
  FunctionStats,
  InvocationTrace,
  LogRow,
  PhaseTrace,
  StartCause,
} from '../../../src/operator-api/contract';
import type { PageData } from './page-server';

/** 2026-03-01T12:00:00Z: when the recordings of this file end. */
export const pageNowMs = Date.UTC(2026, 2, 1, 12);

/** Numbers from 0 to 1, the same ones each time. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const hex = (number: number, length: number) => number.toString(16).padStart(length, '0');

const names = ['orders', 'thumbnails', 'welcome-mail', 'prices'];
const causes: readonly StartCause[] = [
  'first-call',
  'scale-out',
  'scale-out',
  'idle-expiry',
  'code-change',
  'crash',
];

export interface Shape {
  readonly environments: number;
  readonly invocationsEach: number;
  /** How long before the end the first environment starts. */
  readonly spanMs: number;
}

/** Four functions under load; everything that the page shows occurs. */
export function pageData({ environments, invocationsEach, spanMs }: Shape): PageData {
  const random = sequence(7);
  const traces: EnvironmentTrace[] = [];
  const invocations: InvocationTrace[] = [];
  for (let index = 0; index < environments; index += 1) {
    const functionName = names[index % names.length] as string;
    const id = hex(0x1a2b3c4d + index * 7_919, 32)
      .split('')
      .reverse()
      .join('');
    const madeAt = pageNowMs - spanMs * (1 - (index / environments) * 0.7);
    const { environment, own } = environmentOf({ functionName, id, madeAt, index, invocationsEach, random });
    traces.push(environment);
    invocations.push(...own);
  }
  invocations.sort((a, b) => a.arrivedAt - b.arrivedAt);
  return {
    functions: names.map(functionRow),
    notices: [],
    stats: { functions: names.map((name) => statsOf(name, traces, invocations)) },
    timeline: { now: pageNowMs, since: pageNowMs - spanMs, environments: traces, invocations },
    queue: [
      {
        requestId: '7c1e7f52-0001-4f6e-9d4a-0f6b3f6d2c11',
        functionName: 'welcome-mail',
        acceptedAt: new Date(pageNowMs - 90_000).toISOString(),
        dueAt: new Date(pageNowMs + 30_000).toISOString(),
        attempts: 1,
      },
    ],
    eventSources: [
      {
        uuid: '14e0db71-5d35-4eb5-b481-8945cf9d10c2',
        sources: ['arn:aws:sqs:us-east-1:000000000000:orders'],
        functionName: 'orders',
        state: 'Enabled',
        batchSize: 10,
        batchWindowSeconds: 0,
        modifiedAt: new Date(pageNowMs - 600_000).toISOString(),
      },
    ],
    deployments: [
      ...names.map((functionName, at) => ({
        functionName,
        at: pageNowMs - spanMs + at * 700,
        state: 'ready' as const,
        changed: [],
      })),
      { functionName: 'orders', at: pageNowMs - 60_000, state: 'ready', changed: ['memorySize', 'timeout'] },
    ],
    logs: invocations.slice(-40).flatMap(logOf),
  };
}

function environmentOf(given: {
  readonly functionName: string;
  readonly id: string;
  readonly madeAt: number;
  readonly index: number;
  readonly invocationsEach: number;
  readonly random: () => number;
}): { readonly environment: EnvironmentTrace; readonly own: readonly InvocationTrace[] } {
  const { functionName, id, madeAt, index, invocationsEach, random } = given;
  const cause = index < names.length ? 'first-call' : (causes[index % causes.length] as StartCause);
  const isMade = index % 3 === 2;
  const sandboxMs = isMade ? 290 : 6;
  const initMs = 60 + random() * 120;
  const liveAt = madeAt + sandboxMs + initMs;
  const isEnded = index % 5 === 4;
  const step = (pageNowMs - liveAt) / (invocationsEach + 1);
  const own: InvocationTrace[] = [];
  for (let at = 0; at < invocationsEach; at += 1) {
    const isCold = at === 0;
    const startedAt = isCold ? liveAt : liveAt + step * (at + random() * 0.5);
    const durationMs = 3 + random() ** 3 * 400;
    const isFailed = random() < 0.06;
    const arrivedAt = isCold ? madeAt - 2 : startedAt - 0.3;
    own.push({
      requestId: `${hex(index, 8)}-${hex(at, 4)}-4abc-8def-0123456789ab`,
      functionName,
      version: '$LATEST',
      environmentId: id,
      arrivedAt,
      startedAt,
      endedAt: startedAt + durationMs,
      freeAt: startedAt + durationMs + 2,
      frozenAt: startedAt + durationMs + 3,
      status: isFailed ? 'error' : 'success',
      isCold,
      ...(isCold && { cause }),
      phases: phasesOf({ isCold, isMade, arrivedAt, madeAt, sandboxMs, initMs, startedAt, durationMs }),
      durationMs,
      billedMs: Math.ceil(durationMs),
      ...(isCold && { initDurationMs: initMs }),
      memoryUsedMiB: 40 + random() * 20,
      memorySize: 256,
    });
  }
  const goneAt = pageNowMs - step * 0.2;
  const environment: EnvironmentTrace = {
    id,
    functionName,
    version: '$LATEST',
    logStream: `2026/03/01/[$LATEST]${id}`,
    memorySize: 256,
    initializationType: 'on-demand',
    cause,
    ...(isEnded && { endCause: index % 2 ? 'crash' : 'retired' }),
    sandbox: {
      id: `sandbox-${index}`,
      engineId: hex(index, 64),
      origin: isMade ? 'on-demand' : 'spare',
      fill: 'linked',
      readyAt: isMade ? madeAt + sandboxMs : madeAt - 12_300,
      createMs: 18,
      startMs: 240,
      gateMs: 12,
    },
    states: [
      { state: 'made', at: madeAt },
      { state: 'init', at: madeAt + sandboxMs },
      { state: 'live', at: liveAt },
      ...(isEnded
        ? ([
            { state: 'stopping', at: goneAt - 30 },
            { state: 'gone', at: goneAt },
          ] as const)
        : []),
    ],
    state: isEnded ? 'gone' : 'ready',
    isFrozen: !isEnded,
    initDurationMs: initMs,
    invocations: invocationsEach,
    memoryUsedMiB: 58,
  };
  return { environment, own };
}

function phasesOf(given: {
  readonly isCold: boolean;
  readonly isMade: boolean;
  readonly arrivedAt: number;
  readonly madeAt: number;
  readonly sandboxMs: number;
  readonly initMs: number;
  readonly startedAt: number;
  readonly durationMs: number;
}): readonly PhaseTrace[] {
  const { isCold, isMade, arrivedAt, madeAt, sandboxMs, initMs, startedAt, durationMs } = given;
  const cold: PhaseTrace[] = [
    { name: 'queue', at: arrivedAt, durationMs: madeAt - arrivedAt },
    { name: 'sandbox', at: madeAt, durationMs: sandboxMs },
    ...(isMade
      ? ([
          { name: 'sandbox-create', at: madeAt, durationMs: 18, within: 'sandbox' },
          { name: 'sandbox-start', at: madeAt + 18, durationMs: 240, within: 'sandbox' },
          { name: 'sandbox-gate', at: madeAt + 258, durationMs: 12, within: 'sandbox' },
        ] as const)
      : []),
    { name: 'runtime-init', at: madeAt + sandboxMs, durationMs: initMs },
  ];
  return [
    ...(isCold ? cold : []),
    { name: 'handler', at: startedAt, durationMs },
    { name: 'runtime-overhead', at: startedAt + durationMs, durationMs: 2 },
  ];
}

function functionRow(name: string): FunctionRow {
  return {
    name,
    packageType: 'Zip',
    runtime: name === 'thumbnails' ? 'nodejs22.x' : 'python3.13',
    handler: 'app.handler',
    memorySize: 256,
    timeout: 3,
    ephemeralStorage: 512,
    state: name === 'prices' ? 'failed' : 'ready',
    ...(name === 'prices' && { reason: 'No handler found in ./prices. Pass --handler FILE.FUNCTION.' }),
    arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
  };
}

function statsOf(
  functionName: string,
  environments: readonly EnvironmentTrace[],
  invocations: readonly InvocationTrace[],
): FunctionStats {
  const own = invocations.filter((each) => each.functionName === functionName);
  const cold = own.filter(({ isCold }) => isCold);
  const quantiles = (values: readonly (number | undefined)[]) => {
    const sorted = values.filter((each) => each !== undefined).sort((a, b) => a - b);
    const [p50, p95] = [sorted[sorted.length >> 1], sorted[Math.floor(sorted.length * 0.95)]];
    return { ...(p50 !== undefined && { p50 }), ...(p95 !== undefined && { p95 }) };
  };
  const alive = environments.filter((each) => each.functionName === functionName && each.state !== 'gone');
  return {
    functionName,
    invocations: own.length,
    errors: own.filter(({ status }) => status !== 'success').length,
    throttles: functionName === 'orders' ? 3 : 0,
    coldStarts: cold.length,
    coldShare: own.length === 0 ? 0 : cold.length / own.length,
    duration: quantiles(own.map(({ durationMs }) => durationMs)),
    init: quantiles(cold.map(({ initDurationMs }) => initDurationMs)),
    latency: quantiles(own.map(({ arrivedAt, endedAt = arrivedAt }) => endedAt - arrivedAt)),
    memoryUsedMiB: 58,
    memorySize: 256,
    environments: alive.length,
    environmentsMost: alive.length + 1,
  };
}

function logOf({
  requestId,
  functionName,
  startedAt = 0,
  durationMs = 0,
}: InvocationTrace): readonly LogRow[] {
  const row = (ms: number, text: string): LogRow => ({
    time: new Date(startedAt + ms).toISOString(),
    functionName,
    functionVersion: '$LATEST',
    logStream: '2026/03/01/[$LATEST]0123456789abcdef0123456789abcdef',
    requestId,
    text,
  });
  return [
    row(0, `START RequestId: ${requestId} Version: $LATEST`),
    row(1, `handled ${functionName}`),
    row(durationMs, `END RequestId: ${requestId}`),
  ];
}
