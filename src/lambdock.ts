import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, type Writable } from 'node:stream';
import { type App, startApp } from './app';
import type { EnvironmentRow, LogRow } from './operator-api/contract';
import { resolveSettings } from './settings';
import type { Flags } from './settings/resolver';

/** The public API of the package, which runs lambdock in a Node.js process for tests. */

export type { EnvironmentRow, LogRow } from './operator-api/contract';
export { resolveSettings, type Settings } from './settings';
export type { Flags } from './settings/resolver';

export interface StartOptions {
  /**
   * Functions by name, in the format of `lambdock.yaml`. Relative paths are relative to the working directory. Default:
   * the functions of the template in the settings.
   */
  readonly functions?: Readonly<Record<string, FunctionDeclaration>>;
  /** Settings, with the names of the command line's flags in camel case: `{ port: 9000, idleTimeout: 60 }`. */
  readonly settings?: Flags;
  /** Receives log lines and progress. By default they are dropped. */
  readonly output?: Writable;
}

/** A function in the format of `lambdock.yaml`, whose schema lists all keys. */
export interface FunctionDeclaration {
  readonly runtime?: string;
  readonly handler?: string;
  readonly code?: string;
  readonly image?: string;
  readonly layers?: readonly string[];
  readonly [key: string]: unknown;
}

/** The result of an invocation. */
export interface InvocationResult {
  /** The payload. It is parsed if it is JSON. */
  readonly payload: unknown;
  /** `Unhandled` if the function failed. */
  readonly functionError?: string;
  readonly requestId: string;
  /** Lines of the last 4 KB of the log. */
  readonly log: readonly string[];
}

/** A running lambdock. */
export class Lambdock implements AsyncDisposable {
  /** Options for an AWS SDK client: `new LambdaClient(lambda.clientConfig)`. */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  readonly #app: App;
  readonly #folder: string | undefined;

  /** Use `start` instead. @param folder folder that `close` removes */
  constructor(app: App, region: string, folder?: string) {
    this.#app = app;
    this.#folder = folder;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    this.clientConfig = { endpoint: app.address, region, credentials };
  }

  /** e.g. `http://127.0.0.1:9000`. */
  get address(): string {
    return this.#app.address;
  }

  /** Invokes a function and waits for its response. Rejects if there is no response, e.g. for an unknown function. */
  async invoke(name: string, event: unknown = {}): Promise<InvocationResult> {
    const url = `${this.address}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
    const headers = { 'x-amz-log-type': 'Tail' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(event) });
    const text = await response.text();
    if (!response.ok) throw new Error(`Cannot invoke ${name}: ${response.status} ${text}`);
    const functionError = response.headers.get('x-amz-function-error');
    const log = Buffer.from(response.headers.get('x-amz-log-result') ?? '', 'base64').toString();
    return {
      payload: parsed(text),
      ...(functionError !== null && { functionError }),
      requestId: response.headers.get('x-amzn-requestid') ?? '',
      log: log.split('\n').filter((line) => line !== ''),
    };
  }

  /** Log lines in memory, oldest first, of one function or of all functions. */
  async logs(name?: string): Promise<readonly LogRow[]> {
    const query = new URLSearchParams({ tail: '10000', ...(name !== undefined && { function: name }) });
    const response = await fetch(`${this.address}/_lambdock/logs?${query}`);
    const lines = (await response.text()).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as LogRow);
  }

  async environments(): Promise<readonly EnvironmentRow[]> {
    const response = await fetch(`${this.address}/_lambdock/environments`);
    return ((await response.json()) as { readonly environments: readonly EnvironmentRow[] }).environments;
  }

  /** Ends a function's environments, so that its next invocation is a cold start. Resolves to how many ended. */
  async retire(name: string): Promise<number> {
    const url = `${this.address}/_lambdock/functions/${encodeURIComponent(name)}/retire`;
    const response = await fetch(url, { method: 'POST' });
    if (!response.ok) throw new Error(`Cannot retire ${name}: ${await response.text()}`);
    return ((await response.json()) as { readonly retired: number }).retired;
  }

  /** Waits for running invocations, then removes all containers and files of this lambdock. */
  async close(): Promise<void> {
    try {
      await this.#app.close();
    } finally {
      if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Starts lambdock on a free port, unless the settings name one. Resolves when every function is ready or has failed.
 * @throws {SettingsError | TemplateError | EngineError} with a message for the user
 */
export async function start({ functions, settings = {}, output }: StartOptions = {}): Promise<Lambdock> {
  const folder = functions && (await mkdtemp(path.join(tmpdir(), 'lambdock-')));
  try {
    const own = folder !== undefined && functions !== undefined && (await written(folder, functions));
    const resolved = resolveSettings({ port: 0, ...own, ...settings });
    const app = await startApp(resolved, output ?? new PassThrough().resume());
    await app.settled;
    return new Lambdock(app, resolved.region, folder);
  } catch (error) {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Writes a template with these functions. Returns the settings that select it. */
async function written(
  folder: string,
  functions: Readonly<Record<string, FunctionDeclaration>>,
): Promise<Flags> {
  const absolute = (source: string) => path.resolve(source);
  const entries = Object.entries(functions).map(([name, { code, layers, ...rest }]) => [
    name,
    {
      ...rest,
      ...(code !== undefined && { code: absolute(code) }),
      ...(layers !== undefined && { layers: layers.map(absolute) }),
    },
  ]);
  const template = path.join(folder, 'lambdock.yaml');
  // JSON is YAML.
  await writeFile(template, JSON.stringify({ functions: Object.fromEntries(entries) }));
  return { template, data: path.join(folder, 'data') };
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
