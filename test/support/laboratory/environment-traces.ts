import type { EnvironmentTrace, InvocationTrace } from '../../../src/operator-api/contract';

const at = Date.UTC(2026, 0, 2, 3, 4, 5);

export function anEnvironment(changes: Partial<EnvironmentTrace> = {}): EnvironmentTrace {
  return {
    id: 'e1',
    functionName: 'hello',
    version: '$LATEST',
    logStream: '2026/01/02/[$LATEST]e1',
    memorySize: 128,
    initializationType: 'on-demand',
    cause: 'first-call',
    sandbox: { id: 's1', engineId: 'abc123', origin: 'on-demand', fill: 'linked', readyAt: at + 70 },
    states: [
      { state: 'made', at },
      { state: 'init', at: at + 150 },
      { state: 'live', at: at + 400 },
    ],
    state: 'ready',
    isFrozen: true,
    initDurationMs: 250,
    invocations: 2,
    memoryUsedMiB: 40,
    ...changes,
  };
}

/** 500 ms after its arrival it is over. */
export function aCold(changes: Partial<InvocationTrace> = {}): InvocationTrace {
  return {
    requestId: '11111111-2222-4333-8444-555555555555',
    functionName: 'hello',
    version: '$LATEST',
    environmentId: 'e1',
    arrivedAt: at,
    startedAt: at + 400,
    endedAt: at + 500,
    freeAt: at + 500,
    status: 'success',
    isCold: true,
    cause: 'first-call',
    phases: [
      { name: 'sandbox', at, durationMs: 100 },
      { name: 'sandbox-create', at, durationMs: 70, within: 'sandbox' },
      { name: 'sandbox-fill', at: at + 70, durationMs: 30, within: 'sandbox' },
      { name: 'cold-delay', at: at + 100, durationMs: 50, isDeclared: true },
      { name: 'runtime-init', at: at + 150, durationMs: 250 },
      { name: 'handler', at: at + 400, durationMs: 100 },
    ],
    durationMs: 100,
    billedMs: 350,
    initDurationMs: 250,
    memoryUsedMiB: 40,
    memorySize: 128,
    ...changes,
  };
}

/** A second later, in the same environment. */
export function aWarm(changes: Partial<InvocationTrace> = {}): InvocationTrace {
  return {
    requestId: '22222222-2222-4333-8444-555555555555',
    functionName: 'hello',
    version: '$LATEST',
    environmentId: 'e1',
    arrivedAt: at + 1_000,
    startedAt: at + 1_000,
    endedAt: at + 1_020,
    freeAt: at + 1_020,
    status: 'success',
    isCold: false,
    phases: [{ name: 'handler', at: at + 1_000, durationMs: 20 }],
    durationMs: 20,
    billedMs: 20,
    memoryUsedMiB: 40,
    memorySize: 128,
    ...changes,
  };
}
