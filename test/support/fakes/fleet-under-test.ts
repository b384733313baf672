import type { EnvironmentSummary } from '../../../src/execution/environment-summary';
import { Fleet } from '../../../src/execution/fleet';
import { InitTimeouts } from '../../../src/execution/init-timeouts';
import { Invocation } from '../../../src/execution/invocation';
import type { ExecutionObserver } from '../../../src/execution/observation/observer';
import type { Delivery } from '../../../src/execution/runtime-link';
import type { SpareSettings } from '../../../src/execution/spares/shared-spares';
import type { Reuse } from '../../../src/execution/spares/spares';
import type { StartRules } from '../../../src/execution/spares/start-rules';
import { RuntimeApi } from '../../../src/runtime-api/runtime-api';
import { Journal, type LogSink } from '../../../src/telemetry/journal';
import { aFunctionVersion, anInvocationRequest } from '../functions/function-versions';
import { FakeEngine } from './fake-engine';
import { type FakeHandler, lambdaRuntime } from './fake-runtime';
import { TestClock } from './test-clock';

const version = aFunctionVersion();
let requests = 0;

/** A fleet on the fake engine, with time standing still. */
export class FleetUnderTest implements AsyncDisposable {
  readonly engine = new FakeEngine();
  readonly clock = new TestClock();
  readonly failures: Error[] = [];
  readonly deliveries: Delivery[] = [];
  readonly fleet: Fleet;

  constructor(
    /** What every runtime does with an event, from its next one on. */
    public handler: FakeHandler,
    spares: number | SpareSettings = 0,
    log: LogSink = () => undefined,
    reuse: Reuse = 'function',
    observe: (clock: TestClock) => ExecutionObserver | undefined = () => undefined,
    starts?: StartRules,
  ) {
    const observer = observe(this.clock);
    const journal = new Journal();
    journal.follow(log);
    this.engine.runtime = lambdaRuntime((event, invocation) => this.handler(event, invocation));
    this.fleet = new Fleet(
      {
        engine: this.engine,
        clock: this.clock,
        journal,
        openLink: (...parts) => {
          const link = new RuntimeApi().openLink(...parts);
          const deliver = link.deliver.bind(link);
          link.deliver = (delivery) => {
            this.deliveries.push(delivery);
            deliver(delivery);
          };
          return link;
        },
        identity: { region: 'us-east-1', accountId: '000000000000', extra: {} },
        idleTimeoutMs: 60_000,
        freeze: true,
        resetInit: 'boosted',
        initTimeouts: new InitTimeouts(() => undefined),
        ...(observer && { observer }),
        ...(starts && { starts }),
        fail: (error) => this.failures.push(error),
      },
      {
        spares: typeof spares === 'number' ? { total: spares, minimum: new Map() } : spares,
        reuse,
        slots: true,
        architecture: 'x86_64',
        isStrict: false,
        debugHost: '127.0.0.1',
        say: () => undefined,
        report: () => undefined,
      },
    );
  }

  call(payload: unknown = {}, of = version): Invocation {
    requests += 1;
    const invocation = new Invocation(
      anInvocationRequest({
        version: of,
        requestId: `request-${requests}`,
        payload: Buffer.from(JSON.stringify(payload)),
      }),
    );
    this.fleet.assign(invocation);
    return invocation;
  }

  async answer(payload?: unknown): Promise<unknown> {
    const { outcome } = await this.call(payload).ended;
    return outcome.kind === 'platformFailed' ? outcome : JSON.parse(outcome.payload.toString());
  }

  /** Lets what is under way go on until the environments are as asked. */
  async until(asked: (facts: readonly EnvironmentSummary[]) => boolean): Promise<void> {
    while (!asked(this.fleet.summaries())) await new Promise((resolve) => setImmediate(resolve));
  }

  /** How often the processes of the first sandbox have been killed. */
  resets(): number {
    return this.engine.sandboxes[0]?.calls.filter((call) => call === 'reset').length ?? 0;
  }

  states(): string[] {
    return this.fleet.summaries().map((facts) => facts.state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet.close();
    expect(this.engine.sandboxes).toHaveLength(0);
  }
}

export const everyIs = (state: string) => (facts: readonly EnvironmentSummary[]) =>
  facts.every((each) => each.state === state);
