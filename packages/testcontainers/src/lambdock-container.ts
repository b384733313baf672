import { readFileSync, statSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import {
  AbstractStartedContainer,
  GenericContainer,
  getContainerRuntimeClient,
  type StartedNetwork,
  type StartedTestContainer,
  type StopOptions,
  type StoppedTestContainer,
  Wait,
} from 'testcontainers';

/** A function as in `lambdock.yaml`, whose schema lists all keys. */
export interface FunctionDeclaration {
  readonly runtime?: string;
  readonly handler?: string;
  /** A folder or a `.zip` file on this machine. It is copied into the container. */
  readonly code?: string;
  readonly image?: string;
  /** Folders or `.zip` files on this machine. They are copied into the container. */
  readonly layers?: readonly string[];
  readonly [key: string]: unknown;
}

/** Result of an invocation. */
export interface InvocationResult {
  /** The payload, parsed if it is JSON. */
  readonly payload: unknown;
  /** `Unhandled` if the function failed. */
  readonly functionError?: string;
  readonly requestId: string;
  /** The last 4 KB of the log, as lines. */
  readonly log: readonly string[];
}

const port = 9000;
const projectFolder = '/project';

/** Functions may install packages, and build or pull images. */
const startTimeoutMs = 300_000;
/** lambdock removes the containers of its functions before it exits. */
const stopTimeoutMs = 30_000;

/** lambdock in a container, with the test's functions. */
export class LambdockContainer extends GenericContainer {
  readonly #functions = new Map<string, FunctionDeclaration>();

  constructor(image = `lambdock/emulator:${ownVersion()}`) {
    super(image);
    this.withExposedPorts(port)
      .withWaitStrategy(Wait.forHttp('/_lambdock/health', port).forStatusCode(200))
      .withStartupTimeout(startTimeoutMs);
  }

  withFunction(name: string, declaration: FunctionDeclaration): this {
    this.#functions.set(name, declaration);
    return this;
  }

  /** Connects functions and lambdock to a network, so that they reach its containers by name. */
  withFunctionNetwork(network: StartedNetwork): this {
    return this.withNetwork(network).withEnvironment({ LAMBDOCK_NETWORK: network.getName() });
  }

  override async start(): Promise<StartedLambdockContainer> {
    const { info } = await getContainerRuntimeClient();
    const source = info.containerRuntime.remoteSocketPath;
    this.withBindMounts([{ source, target: '/var/run/docker.sock', mode: 'rw' }]);
    const entries = [...this.#functions].map(([name, each]) => [name, this.#copied(name, each)]);
    // YAML includes JSON.
    const content = JSON.stringify({ functions: Object.fromEntries(entries) });
    this.withCopyContentToContainer([{ content, target: posix.join(projectFolder, 'lambdock.yaml') }]);
    const started = new StartedLambdockContainer(await super.start());
    try {
      await started.ready(startTimeoutMs);
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  }

  /** The declaration with paths in the container, to which its code and layers are copied. */
  #copied(name: string, { code, layers, ...rest }: FunctionDeclaration): FunctionDeclaration {
    return {
      ...rest,
      ...(code !== undefined && { code: this.#copy(code, `${name}/code`) }),
      ...(layers !== undefined && {
        layers: layers.map((layer, index) => this.#copy(layer, `${name}/layer-${index}`)),
      }),
    };
  }

  #copy(path: string, target: string): string {
    const source = resolve(path);
    if (statSync(source).isDirectory()) {
      this.withCopyDirectoriesToContainer([{ source, target: posix.join(projectFolder, target) }]);
      return target;
    }
    this.withCopyFilesToContainer([{ source, target: posix.join(projectFolder, `${target}.zip`) }]);
    return `${target}.zip`;
  }
}

interface FunctionRow {
  readonly name: string;
  readonly state: 'preparing' | 'ready' | 'failed';
  readonly reason?: string;
}

/** A running lambdock. `await using` and `stop` remove it and its functions' containers. */
export class StartedLambdockContainer extends AbstractStartedContainer {
  constructor(started: StartedTestContainer) {
    super(started);
  }

  /** For example `http://localhost:32768`. */
  getEndpoint(): string {
    return `http://${this.getHost()}:${this.getMappedPort(port)}`;
  }

  /** Options for a client of the AWS SDK: `new LambdaClient(container.getClientConfig())`. */
  getClientConfig() {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    return { endpoint: this.getEndpoint(), region: 'us-east-1', credentials };
  }

  /** Invokes a function and waits for its response. Rejects without a response, for example for an unknown function. */
  async invoke(name: string, event: unknown = {}): Promise<InvocationResult> {
    const url = `${this.getEndpoint()}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
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

  /** Ends a function's environments, so that its next invocation is a cold start. */
  async retire(name: string): Promise<void> {
    const url = `${this.getEndpoint()}/_lambdock/functions/${encodeURIComponent(name)}/retire`;
    const response = await fetch(url, { method: 'POST' });
    if (!response.ok) throw new Error(`Cannot retire ${name}: ${await response.text()}`);
  }

  /** Log lines of the functions, oldest first. */
  async functionLogs(name?: string): Promise<readonly string[]> {
    const query = new URLSearchParams({ tail: '10000', ...(name !== undefined && { function: name }) });
    const response = await fetch(`${this.getEndpoint()}/_lambdock/logs?${query}`);
    const lines = (await response.text()).split('\n').filter((line) => line !== '');
    return lines.map((line) => (JSON.parse(line) as { readonly text: string }).text);
  }

  /** Resolves when all functions are ready. Rejects with the reasons of those that failed. */
  async ready(withinMs: number): Promise<void> {
    const end = Date.now() + withinMs;
    for (;;) {
      const response = await fetch(`${this.getEndpoint()}/_lambdock/functions`);
      const { functions } = (await response.json()) as { readonly functions: readonly FunctionRow[] };
      const failed = functions.filter(({ state }) => state === 'failed');
      if (failed.length > 0) {
        throw new Error(
          failed.map(({ name, reason }) => `${name} failed: ${reason ?? 'unknown'}`).join('\n'),
        );
      }
      const preparing = functions.filter(({ state }) => state === 'preparing');
      if (preparing.length === 0) return;
      if (Date.now() > end) {
        const names = preparing.map(({ name }) => name).join(', ');
        throw new Error(`Functions are not ready after ${withinMs / 1_000} s: ${names}.`);
      }
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  override stop(options: Partial<StopOptions> = {}): Promise<StoppedTestContainer> {
    return super.stop({ timeout: stopTimeoutMs, ...options });
  }
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
  return String((manifest as { readonly version: string }).version);
}
