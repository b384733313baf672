import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Response } from 'express';
import type {
  DeploymentRow,
  EventSourceRow,
  FunctionRow,
  LiveEvents,
  LogRow,
  NoticeRow,
  QueueRow,
  Stats,
  Timeline,
} from '../../../src/operator-api/contract';
import { pageRoutes } from '../../../src/operator-api/front-page';

/** What a page server answers. */
export interface PageData {
  readonly functions: readonly FunctionRow[];
  readonly notices: readonly NoticeRow[];
  readonly stats: Stats;
  readonly timeline: Timeline;
  readonly queue: readonly QueueRow[];
  readonly eventSources: readonly EventSourceRow[];
  /** Oldest first. */
  readonly deployments: readonly DeploymentRow[];
  readonly logs: readonly LogRow[];
}

/** The page with answers that a test chooses, so that what it draws is the same each time. */
export class PageServer implements AsyncDisposable {
  readonly #followers = new Set<Response>();
  #app: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  #refusals = 0;

  private constructor(
    private readonly server: Server,
    private readonly data: PageData,
  ) {}

  static async start(data: PageData): Promise<PageServer> {
    const server = createServer();
    const started = new PageServer(server, data);
    started.#app = started.#answering('secret');
    server.on('request', (request, response) => started.#app(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return started;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Sends an event to each page that is open. */
  send<Name extends keyof LiveEvents>(name: Name, event: LiveEvents[Name]): void {
    for (const follower of this.#followers) {
      follower.write(`event: ${name}\ndata: ${JSON.stringify(event)}\n\n`);
    }
  }

  /** Ends every event stream. */
  disconnect(): void {
    for (const follower of this.#followers) follower.destroy();
  }

  /** As a lambdock that restarts: event streams end, are refused for a while, and then there is another token. */
  restart(token: string): void {
    this.#app = this.#answering(token);
    this.#refusals = 2;
    this.disconnect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  #answering(token: string) {
    const { functions, notices, stats, timeline, queue, eventSources, deployments, logs } = this.data;
    const app = express();
    const health = { version: '0.1.0', instance: 'test', engine: 'Docker', functions: functions.length };
    const page = pageRoutes({ health: () => health, token });
    const answers = {
      functions: { functions, notices },
      stats,
      timeline,
      queue: { events: queue },
      'event-sources': { eventSources },
      results: { results: [] },
      deployments: { deployments },
    };
    for (const [path, answer] of Object.entries(answers)) {
      app.get(`/_lambdock/${path}`, (_request, response) => void response.json(answer));
    }
    app.get('/_lambdock/logs', (_request, response) => {
      response.type('application/x-ndjson').send(logs.map((row) => `${JSON.stringify(row)}\n`).join(''));
    });
    app.get('/_lambdock/invocations/:id', ({ params }, response) => {
      const invocation = timeline.invocations.find(({ requestId }) => requestId === params.id);
      const environment = timeline.environments.find(({ id }) => id === invocation?.environmentId);
      if (invocation) response.json({ invocation, environment });
      else response.status(404).json({ message: `Invocation ${params.id} not found.` });
    });
    app.get('/_lambdock/events', (_request, response) => {
      if (this.#refusals > 0) {
        this.#refusals -= 1;
        response.status(503).end();
        return;
      }
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(`event: start\ndata: ${JSON.stringify({ now: timeline.now })}\n\n`);
      this.#followers.add(response);
      response.on('close', () => this.#followers.delete(response));
    });
    // Before the framework, which has a query of its own that nothing may replace.
    return async (request: IncomingMessage, response: ServerResponse) => {
      if (!(await page.handle(request, response, '/_lambdock'))) app(request, response);
    };
  }
}
