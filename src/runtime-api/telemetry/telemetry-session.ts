import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RuntimeEvents } from '../../execution/runtime-link';
import type { Subscription } from '../../telemetry/subscriptions/subscription';
import type { Exchange } from '../exchange';
import type { Extension } from '../extensions/extension';
import { HttpExchange } from '../http-exchange';
import { allow } from '../plain-answers';
import { jsonAnswer, sendError } from '../runtime-errors';
import { subscriptionOf } from './subscription-request';
import { otherApi, SubscriptionError, subscriptionClosed } from './telemetry-errors';

const apis: ReadonlyMap<string, Subscription['api']> = new Map([
  ['/2022-07-01/telemetry', 'telemetry'],
  ['/2020-08-15/logs', 'logs'],
]);

/** Subscriptions of one environment's extensions to the Telemetry API and the Logs API. */
export class TelemetrySession {
  #api: Subscription['api'] | undefined;

  constructor(
    private readonly events: Pick<RuntimeEvents, 'subscribed'>,
    /** Answers the exchange with an error if it has no valid identifier. */
    private readonly identified: (exchange: Exchange) => Extension | undefined,
    /** Whether extensions may still subscribe: until the runtime asks for its first event. */
    private readonly isOpen: () => boolean,
  ) {}

  /** Handles a request of these APIs; returns false for other APIs. */
  handle(path: string, request: IncomingMessage, response: ServerResponse): boolean {
    const api = apis.get(path.endsWith('/') ? path.slice(0, -1) : path);
    if (api === undefined) return false;
    if (allow('PUT', request, response)) this.subscribe(api, new HttpExchange(request, response));
    return true;
  }

  subscribe(api: Subscription['api'], exchange: Exchange): void {
    const extension = this.identified(exchange);
    if (extension === undefined) return;
    exchange.receive((body) => {
      if (!this.isOpen()) {
        sendError(exchange, subscriptionClosed(api));
        return;
      }
      try {
        const bytes = body.kind === 'whole' ? body.bytes : Buffer.alloc(0);
        const subscription = subscriptionOf(api, bytes);
        if (this.#api !== undefined && this.#api !== api) throw otherApi(this.#api);
        this.#api = api;
        exchange.answer(jsonAnswer(200, 'OK'));
        this.events.subscribed({ ...subscription, name: extension.name });
      } catch (error) {
        if (!(error instanceof SubscriptionError)) throw error;
        sendError(exchange, error.answer);
      }
    });
  }

  restart(): void {
    this.#api = undefined;
  }
}
