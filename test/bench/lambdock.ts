import { join } from 'node:path';
import { Caller } from './caller';
import { Child } from './child';

interface Environment {
  readonly functionName?: string;
  readonly engineId?: string;
  readonly state: string;
}

const lookEveryMs = 10;
/** Longer than a container takes to be made, and than a change after a deployment counts as caused by it. */
const restMs = 1_100;
/** Another build can be measured by the same functions. */
const main = process.env.LAMBDOCK_BENCH_MAIN ?? join(__dirname, '..', '..', '..', 'dist', 'main.js');
const waitAtMostMs = 60_000;

/** A running lambdock, as a user starts it: a process, spoken to over HTTP. */
export class Lambdock {
  private constructor(
    readonly caller: Caller,
    private readonly child: Child,
    private readonly spares: number | undefined,
  ) {}

  /** From the start of the process to the line that says where it listens, in milliseconds, with everything prepared. */
  static async timeToListening(template: string, dataFolder: string, port: number): Promise<number> {
    const words = ['--template', template, '--data', dataFolder, '--port', String(port)];
    const child = new Child(process.execPath, [main, 'start', ...words], { graceMs: 20_000 });
    try {
      await child.printed(/(listening|answers) at/);
      return performance.now() - child.startedMs;
    } finally {
      await child.stop();
    }
  }

  /** Resolves when every function is ready. Making images the first time takes minutes. */
  static async start(template: string, dataFolder: string, port: number, spares?: number): Promise<Lambdock> {
    const command = [
      main,
      'start',
      ...['--template', template, '--data', dataFolder, '--port', String(port)],
      ...(spares === undefined ? [] : ['--spares', String(spares)]),
    ];
    const child = new Child(process.execPath, command, { graceMs: 20_000 });
    const caller = new Caller(`http://127.0.0.1:${port}`);
    const started = new Lambdock(caller, child, spares);
    try {
      await child.printed(/^lambdock \| warm (is ready|failed.*)$/m);
      await started.#untilReady();
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  get pid(): number {
    return this.child.pid;
  }

  invoke(functionName: string, payload: Buffer): Promise<number> {
    return this.caller.invoke(functionName, payload);
  }

  /** The next call is cold, and everything that made it ready has been done. */
  async cool(functionName: string): Promise<void> {
    await this.retire(functionName);
    await this.#until(`${functionName} has spares and nothing else`, async () => {
      const environments = await this.environments();
      const own = environments.filter((each) => each.functionName === functionName);
      return own.every((each) => each.state === 'spare');
    });
    await this.rest();
  }

  /** Waits until as many spares are there as there will be. */
  async rest(): Promise<void> {
    if (this.spares === 0) return;
    let [count, sinceMs] = [-1, 0];
    await this.#until('the spares stay the same', async () => {
      const environments = await this.environments();
      const isBusy = environments.some(({ state }) => !['ready', 'spare'].includes(state));
      const now = isBusy ? -1 : environments.length;
      if (now !== count) [count, sinceMs] = [now, performance.now()];
      return count > 0 && performance.now() - sinceMs > restMs;
    });
  }

  async retire(functionName: string): Promise<void> {
    await this.#json('POST', `/_lambdock/functions/${functionName}/retire`);
  }

  async environments(): Promise<readonly Environment[]> {
    return (await this.#json('GET', '/_lambdock/environments')).environments as Environment[];
  }

  async stop(): Promise<void> {
    this.caller.close();
    await this.child.stop();
  }

  async #untilReady(): Promise<void> {
    await this.#until('no function is being prepared', async () => {
      const { functions } = await this.#json('GET', '/_lambdock/functions');
      const rows = functions as { name: string; state: string; reason?: string }[];
      const failed = rows.find(({ state }) => state === 'failed');
      if (failed) throw new Error(`The function ${failed.name} failed: ${failed.reason ?? ''}`);
      return rows.every(({ state }) => state === 'ready');
    });
    await this.rest();
  }

  async #until(what: string, look: () => Promise<boolean>): Promise<void> {
    const giveUpMs = performance.now() + waitAtMostMs;
    while (!(await look())) {
      if (performance.now() > giveUpMs) throw new Error(`It has not come about that ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }

  async #json(method: string, path: string): Promise<Record<string, unknown>> {
    const { status, body } = await this.caller.send(method, path);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${body}`);
    return JSON.parse(body.toString()) as Record<string, unknown>;
  }
}
