import { type Clock, every } from '../../lib/clock';
import type { InvocationTrace } from '../../operator-api/contract';
import { type Connection, Emulator } from '../client/emulator';
import { readAll } from '../client/http';
import { Problem } from '../problem';
import { poll } from '../wait';
import { check } from './figures';
import { Observed } from './observed';
import type { PlannedRequest, RequestResult, RunResult, Scenario } from './scenario';
import { scheduleOf } from './schedule';
import { VirtualTime } from './virtual-time';

export interface RunOptions {
  /** Factor by which the scenario's time is faster than the clock. */
  readonly speed: number;
  readonly clock: Clock;
  readonly report: (progress: RunProgress) => void;
}

export interface RunProgress {
  readonly phase: number;
  readonly phases: number;
  readonly virtualMs: number;
  readonly sent: number;
  readonly requests: number;
  readonly inFlight: number;
}

/** Idle gaps longer than this are skipped, in milliseconds of the scenario's time. */
const skipAboveMs = 1_000;
/** Remaining part of a skipped gap. */
const leadMs = 100;
const tickMs = 250;
/** How long environments and spares may take to come to rest. */
const restPatience = { everyMs: 100, forMs: 20_000 };

/** Runs a scenario against a running lambdock. Its functions begin without environments. */
export async function runScenario(
  connection: Connection,
  scenario: Scenario,
  { speed, clock, report }: RunOptions,
): Promise<RunResult> {
  const { requests, phaseStarts } = scheduleOf(scenario);
  const emulator = new Emulator(connection);
  await begin(emulator, scenario, clock);
  const startedAt = new Date(clock.now()).toISOString();
  const observed = new Observed(emulator);
  await observed.read();
  const time = new VirtualTime(clock, emulator, speed);
  const load = new RunningLoad(emulator, clock, observed);
  let failure: unknown;
  const note = (error: unknown) => {
    failure ??= error;
  };
  const shown = () =>
    report({
      phase: Math.max(
        0,
        phaseStarts.findLastIndex((at) => at <= time.nowMs && at < (phaseStarts.at(-1) ?? 0)),
      ),
      phases: scenario.phases.length,
      virtualMs: time.nowMs,
      sent: load.sent,
      requests: requests.length,
      inFlight: load.inFlight,
    });
  const ticking = every(clock, tickMs, () => {
    void time.settle().catch(note);
    void load.observe().catch(note);
    shown();
  });
  try {
    for (const request of requests) {
      await waitFor(request.atMs, time, load, emulator, clock);
      if (failure !== undefined) throw failure;
      load.send(request);
    }
    await load.drained();
    await waitFor(phaseStarts.at(-1) ?? 0, time, load, emulator, clock);
  } finally {
    ticking.clear();
  }
  shown();
  const results = await load.results();
  const environmentsMost = observed.environmentsMost();
  return {
    scenario: scenario.name,
    seed: scenario.seed,
    speed,
    startedAt,
    virtualMs: phaseStarts.at(-1) ?? 0,
    tookMs: time.realMs,
    requests: results,
    environmentsMost,
    assertions: scenario.assertions.map((each) => check(each, { requests: results, environmentsMost })),
  };
}

async function begin(emulator: Emulator, { phases, assertions }: Scenario, clock: Clock): Promise<void> {
  const named = phases.flatMap((phase) => (phase.kind === 'loads' ? phase.loads : []));
  const names = new Set(named.map(({ functionName }) => functionName));
  const { functions } = await emulator.functions();
  const asserted = assertions.flatMap(({ functionName }) => functionName ?? []);
  for (const name of [...names, ...asserted]) {
    if (functions.some((each) => each.name === name)) continue;
    const known = functions.map((each) => each.name).join(', ');
    throw new Problem(`The scenario names the function ${name}, which does not exist. Functions: ${known}.`);
  }
  for (const name of names) await emulator.retire(name);
  await atRest(emulator, names, clock);
}

/** Waits until environments are idle or removed, and spares are replenished. */
async function atRest(emulator: Emulator, names: ReadonlySet<string>, clock: Clock): Promise<void> {
  let before = -1;
  await poll(clock, restPatience, async () => {
    const { environments } = await emulator.environments();
    const isBusy = environments.some(
      ({ functionName, state }) => names.has(functionName ?? '') && state !== 'ready' && state !== 'spare',
    );
    const spares = environments.filter(({ state }) => state === 'spare').length;
    const isSteady = spares === before && !isBusy;
    before = spares;
    return isSteady ? true : undefined;
  });
}

async function waitFor(
  atMs: number,
  time: VirtualTime,
  load: RunningLoad,
  emulator: Emulator,
  clock: Clock,
): Promise<void> {
  if (atMs - time.nowMs <= skipAboveMs) return time.until(atMs);
  // Running invocations continue in real time.
  await time.until(atMs, load.drained());
  if (atMs - time.nowMs <= skipAboveMs) return time.until(atMs);
  await load.observe();
  // Only idle environments age; an environment that has just responded is not idle yet.
  await atRest(emulator, load.functionNames, clock);
  await time.skipTo(atMs - leadMs, () => atRest(emulator, load.functionNames, clock));
  return time.until(atMs);
}

/** The requests of a run that were sent. */
class RunningLoad {
  sent = 0;
  inFlight = 0;
  readonly functionNames = new Set<string>();
  readonly #sent: Promise<Sent>[] = [];
  #waiting: (() => void)[] = [];
  #observing: Promise<void> | undefined;

  constructor(
    private readonly emulator: Emulator,
    private readonly clock: Clock,
    private readonly observed: Observed,
  ) {}

  send(planned: PlannedRequest): void {
    this.sent += 1;
    this.inFlight += 1;
    this.functionNames.add(planned.functionName);
    this.#sent.push(
      this.#invoke(planned).finally(() => {
        this.inFlight -= 1;
        if (this.inFlight === 0) for (const resolve of this.#waiting.splice(0)) resolve();
      }),
    );
  }

  /** Resolves when no request is running. */
  drained(): Promise<void> {
    return this.inFlight === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  observe(): Promise<void> {
    this.#observing ??= this.observed.read().finally(() => {
      this.#observing = undefined;
    });
    return this.#observing;
  }

  async results(): Promise<readonly RequestResult[]> {
    const sent = await Promise.all(this.#sent);
    // The figures of a REPORT line come a little after the response.
    await poll(this.clock, restPatience, async () => {
      await this.observed.read();
      const isMissing = sent.some(({ requestId, status }) => {
        const trace = this.observed.invocations.get(requestId ?? '');
        return status !== 'throttled' && trace !== undefined && trace.durationMs === undefined;
      });
      return isMissing ? undefined : true;
    });
    return sent.map((each) => resultOf(each, this.observed.invocations.get(each.requestId ?? '')));
  }

  async #invoke(planned: PlannedRequest): Promise<Sent> {
    const { functionName, event } = planned;
    const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
    const beganAt = this.clock.elapsed();
    const response = await this.emulator.send({
      method: 'POST',
      path,
      body: Buffer.from(JSON.stringify(event)),
    });
    await readAll(response);
    const { statusCode = 0, headers } = response;
    const requestId = headers['x-amzn-requestid'];
    return {
      planned,
      latencyMs: this.clock.elapsed() - beganAt,
      status:
        statusCode === 429
          ? 'throttled'
          : statusCode !== 200
            ? 'failure'
            : headers['x-amz-function-error'] === undefined
              ? 'success'
              : 'error',
      ...(typeof requestId === 'string' && { requestId }),
    };
  }
}

interface Sent {
  readonly planned: PlannedRequest;
  readonly latencyMs: number;
  readonly status: RequestResult['status'];
  readonly requestId?: string;
}

function resultOf(
  { planned, latencyMs, status, requestId }: Sent,
  trace: InvocationTrace | undefined,
): RequestResult {
  const { functionName, phase, atMs } = planned;
  const own = { functionName, phase, atMs: Math.round(atMs), ...(requestId !== undefined && { requestId }) };
  if (trace === undefined) return { ...own, status, latencyMs, isCold: false };
  const { isCold, cause, environmentId, durationMs, initDurationMs, billedMs, endedAt, arrivedAt } = trace;
  return {
    ...own,
    status: trace.status === 'waiting' || trace.status === 'running' ? status : trace.status,
    latencyMs: endedAt === undefined ? latencyMs : endedAt - arrivedAt,
    isCold,
    ...(cause !== undefined && { cause }),
    ...(environmentId !== undefined && { environmentId }),
    ...(durationMs !== undefined && { durationMs }),
    ...(initDurationMs !== undefined && { initDurationMs }),
    ...(billedMs !== undefined && { billedMs }),
  };
}
