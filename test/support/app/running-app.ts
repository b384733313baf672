import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { type App, type AppParts, startApp } from '../../../src/app';
import type { Engine } from '../../../src/engine/engine';
import { systemClock } from '../../../src/lib/clock';
import { resolveSettings } from '../../../src/settings';
import { TemporaryFolder } from '../lib/temporary-folder';

/** A function as `lambdock.yaml` has it; paths are absolute. */
type Declared = Readonly<Record<string, unknown>>;

export interface AppOptions {
  /** Absent: those of `template`. */
  readonly functions?: Readonly<Record<string, Declared>>;
  /** Path of a template to take as it is. */
  readonly template?: string;
  /** Top-level settings of `lambdock.yaml`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Further flags of `lambdock start`. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** Environment variables of lambdock. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Takes the place of the machine's own engine. */
  readonly engine?: Engine;
  /** Layers that are built from packages are kept for the next run, which need not build them again. */
  readonly keepStore?: boolean;
  /** Puts into the data folder what an earlier run would have left. */
  readonly prepare?: (dataFolder: string) => Promise<void>;
}

/** An answer of Invoke, read. */
export interface Invoked {
  readonly status: number | undefined;
  readonly text: string;
  /** The payload, parsed; undefined without one. */
  readonly payload: unknown;
  readonly functionError: string | undefined;
  readonly executedVersion: string | undefined;
  readonly requestId: string;
  /** Lines of `LogResult`; empty without `LogType: Tail`. */
  readonly log: readonly string[];
}

export interface EnvironmentRow {
  readonly id: string;
  readonly engineId: string;
  readonly functionName: string;
  readonly version: string;
  readonly state: string;
  readonly invocations: number;
  readonly coldStart?: string;
  readonly initDurationMs?: number;
  readonly memoryUsedMiB?: number;
}

/** Of what the app says once it runs, only deployments are no bad news, unless the test has foreseen more. */
const deployed = /→ ready in |was deleted over the API/;

const badNews = /impossible when|could not|No sandbox|No spare|failed:/;

let started = 0;

// A later Node.js than ours is the SDK's wish for the future, and every suite would report it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** The whole app in this process, with a template, a port and an instance name of its own. */
export class RunningApp implements AsyncDisposable {
  readonly client: LambdaClient;
  readonly instance: string;
  /** Folders of the app: template, data, logs. */
  readonly folder: string;
  readonly #app: App;
  readonly #output: Output;
  readonly #temporary: TemporaryFolder;
  readonly #foreseen: RegExp[] = [];

  private constructor(app: App, output: Output, temporary: TemporaryFolder, instance: string) {
    this.#app = app;
    this.#output = output;
    this.#temporary = temporary;
    this.folder = temporary.path;
    this.instance = instance;
    this.client = newClient(app.address);
  }

  /** Resolves when every function is ready or has failed. */
  static async start(options: AppOptions): Promise<RunningApp> {
    const temporary = await TemporaryFolder.make();
    const output = new Output();
    started += 1;
    const instance = `test-${process.pid}-${started}`;
    try {
      const data = join(temporary.path, 'data');
      await mkdir(data);
      await share(data, ['init', 'downloads', ...(options.keepStore ? ['store'] : [])]);
      await options.prepare?.(data);
      const template = options.template ?? join(temporary.path, 'lambdock.yaml');
      if (options.functions) {
        // JSON is YAML.
        await writeFile(template, JSON.stringify({ ...options.settings, functions: options.functions }));
      }
      const flags = { template, data, instance, port: '0', ...options.flags };
      const settings = resolveSettings(flags, { ...authority(), ...options.variables });
      const app = await startApp(settings, output, ...partsWith(options.engine));
      await app.settled;
      output.settled();
      return new RunningApp(app, output, temporary, instance);
    } catch (error) {
      await temporary[Symbol.asyncDispose]();
      throw new Error(`lambdock did not start:\n${output.text}`, { cause: error });
    }
  }

  get address(): string {
    return this.#app.address;
  }

  /** Everything that it has printed. */
  get output(): string {
    return this.#output.text;
  }

  async invoke(
    name: string,
    event?: unknown,
    more: Partial<InvokeCommandInput> & { readonly tail?: boolean } = {},
  ): Promise<Invoked> {
    const { tail, ...input } = more;
    const answer = await this.client.send(
      new InvokeCommand({
        FunctionName: name,
        ...(event === undefined ? {} : { Payload: JSON.stringify(event) }),
        ...(tail ? { LogType: 'Tail' } : {}),
        ...input,
      }),
    );
    const text = answer.Payload?.transformToString() ?? '';
    const log = Buffer.from(answer.LogResult ?? '', 'base64').toString();
    return {
      status: answer.StatusCode,
      text,
      payload: text === '' ? undefined : JSON.parse(text),
      functionError: answer.FunctionError,
      executedVersion: answer.ExecutedVersion,
      requestId: answer.$metadata.requestId ?? '',
      log: log.split('\n').slice(0, -1),
    };
  }

  /** The function's environments, spares not among them. */
  async environments(functionName?: string): Promise<readonly EnvironmentRow[]> {
    const answer = await fetch(`${this.address}/_lambdock/environments`);
    const { environments } = (await answer.json()) as { readonly environments: readonly EnvironmentRow[] };
    return environments.filter(
      (each) => each.state !== 'spare' && (functionName === undefined || each.functionName === functionName),
    );
  }

  async retire(functionName: string): Promise<void> {
    const answer = await fetch(`${this.address}/_lambdock/functions/${functionName}/retire`, {
      method: 'POST',
    });
    if (answer.status !== 200) throw new Error(`${functionName} was not retired: ${await answer.text()}`);
  }

  /** A function's own log events that are in memory, oldest first; what lambdock says about it is left out. */
  async log(
    functionName: string,
  ): Promise<readonly { readonly text: string; readonly requestId?: string; readonly logStream: string }[]> {
    const answer = await fetch(`${this.address}/_lambdock/logs?function=${functionName}&tail=2000`);
    const lines = (await answer.text()).split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line)).filter((line) => line.functionName === functionName);
  }

  /** Resolves as soon as the output has it, which it may have already. */
  prints(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#output.has(pattern);
  }

  /** Says that what the app tells of itself may have this. */
  foresee(pattern: RegExp): void {
    this.#foreseen.push(pattern);
  }

  /** Ends the app and removes all that was its own; rejects after a warning that no test foresaw. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#app.close();
    } finally {
      this.client.destroy();
      await this.#temporary[Symbol.asyncDispose]();
    }
    const unforeseen = this.#output
      .badNews()
      .filter((line) => !this.#foreseen.some((pattern) => pattern.test(line)));
    if (unforeseen.length > 0) throw new Error(`lambdock reported:\n${unforeseen.join('\n')}`);
  }
}

/** As for the real service, with another endpoint. Errors are not retried, so that each is seen. */
function newClient(endpoint: string): LambdaClient {
  return new LambdaClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}

/** Where things lie that are the same for every run and dear to make. */
export function sharedFolder(): string {
  return process.env.LAMBDOCK_TEST_DATA ?? join(tmpdir(), 'lambdock-test');
}

export async function share(data: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const shared = join(sharedFolder(), name);
    await mkdir(shared, { recursive: true });
    await symlink(shared, join(data, name));
  }
}

/** Behind a proxy with its own authority, builds have to know it; the shell that runs the tests does. */
function authority(): Record<string, string> {
  const { NODE_EXTRA_CA_CERTS } = process.env;
  return NODE_EXTRA_CA_CERTS === undefined ? {} : { NODE_EXTRA_CA_CERTS };
}

function partsWith(engine: Engine | undefined): [AppParts?] {
  return engine === undefined ? [] : [{ clock: systemClock, openEngine: async () => engine }];
}

/** What the app prints, kept and waited for. */
class Output extends Writable {
  text = '';
  #settledAt = Number.POSITIVE_INFINITY;
  readonly #waiting = new Set<() => void>();

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    for (const look of [...this.#waiting]) look();
    done();
  }

  settled(): void {
    this.#settledAt = this.text.length;
  }

  badNews(): readonly string[] {
    const own = (text: string) => text.split('\n').filter((line) => line.startsWith('lambdock | '));
    const before = own(this.text.slice(0, this.#settledAt)).filter((line) => badNews.test(line));
    return [...before, ...own(this.text.slice(this.#settledAt)).filter((line) => !deployed.test(line))];
  }

  has(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      const look = () => {
        const match = pattern.exec(this.text);
        if (!match) return;
        this.#waiting.delete(look);
        resolve(match);
      };
      this.#waiting.add(look);
      look();
    });
  }
}
