import { join } from 'node:path';
import { Caller } from './caller';
import { Child } from './child';

interface Environment {
  readonly functionName: string;
  readonly engineId?: string;
  readonly state: string;
}

const lookEveryMs = 10;
const waitAtMostMs = 60_000;

/** A running lambdock, as a user starts it: a process, spoken to over HTTP. */
export class Lambdock {
  private constructor(
    readonly caller: Caller,
    private readonly child: Child,
    private readonly spares: number,
  ) {}

  /** Resolves when every function is ready. Making images the first time takes minutes. */
  static async start(template: string, dataFolder: string, port: number, spares: number): Promise<Lambdock> {
    const command = [
      join(__dirname, '..', '..', '..', 'dist', 'main.js'),
      'start',
      ...['--template', template, '--data', dataFolder, '--port', String(port), '--spares', String(spares)],
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

  invoke(functionName: string, payload: Buffer): Promise<number> {
    return this.caller.invoke(functionName, payload);
  }

  /** The next call is cold, and everything that made it ready has been done. */
  async cool(functionName: string): Promise<void> {
    await this.retire(functionName);
    await this.#until(`${functionName} has its spares and nothing else`, async () => {
      const states = (await this.environments()).filter((each) => each.functionName === functionName);
      return states.length >= this.spares && states.every((each) => each.state === 'spare');
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
    const { functions } = await this.#json('GET', '/_lambdock/functions');
    for (const { name, state, reason } of functions as { name: string; state: string; reason?: string }[]) {
      if (state !== 'ready') throw new Error(`The function ${name} is ${state}: ${reason ?? ''}`);
      await this.cool(name);
    }
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
