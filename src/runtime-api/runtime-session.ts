import { limits } from '../aws/limits';
import { type Outcome, oversizeFault } from '../execution/lifecycle/outcome';
import type { ResponseSink } from '../execution/response-sink';
import { type Delivery, type RuntimeEvents, stampHeader } from '../execution/runtime-link';
import type { Answer, Exchange } from './exchange';
import { postedFault, trailerFault } from './posted-error';
import {
  entityTooLarge,
  invalidRequestId,
  invalidResponseMode,
  invalidTransition,
  jsonAnswer,
  type RuntimeState,
  sendAccepted,
  sendError,
} from './runtime-errors';
import { StreamedResponse } from './streamed-response';

/** Where from a runtime may ask for its next event; in `Running` it is given the same event again. */
const mayPark: ReadonlySet<RuntimeState> = new Set([
  'Started',
  'RuntimeResponseSentState',
  'Ready',
  'Running',
]);

type SessionEvents = Pick<
  RuntimeEvents,
  'parked' | 'responding' | 'restoreDue' | 'restoring' | 'restored' | 'answered' | 'initFailed'
>;

/** The runtime of one environment, as the Runtime API sees it: state, open polls, the event under way. */
export class RuntimeSession {
  readonly #events: SessionEvents;
  #state: RuntimeState = 'Started';
  #polls: Exchange[] = [];
  #delivery: Delivery | undefined;
  /** Counts restarts, so that a body which a killed runtime was still sending is not taken for its successor's. */
  #generation = 0;

  /** The runtime's request that waits for the restore. */
  #restore: Exchange | undefined;

  constructor(
    events: SessionEvents,
    /** Whether the runtime may wait at a snapshot. */
    readonly mayRestore = false,
  ) {
    this.#events = events;
  }

  /** Whether the runtime has not asked for an event yet. */
  get isStarting(): boolean {
    return this.#state === 'Started';
  }

  deliver(delivery: Delivery): void {
    this.#delivery = delivery;
    if (this.#state === 'RestoreReady') {
      this.#state = 'Restoring';
      this.#events.restoring();
      this.#restore?.answer(jsonAnswer(200, {}));
      return;
    }
    this.#state = 'Running';
    // If the poll's connection broke meanwhile, the runtime's next poll gets the event.
    const poll = this.#polls.find((each) => !each.gone);
    this.#polls = this.#polls.filter((each) => each !== poll && !each.gone);
    poll?.answer(deliveryAnswer(delivery));
  }

  restart(): void {
    this.#generation += 1;
    this.#state = 'Started';
    this.#delivery = undefined;
    this.#polls = [];
    this.#restore = undefined;
  }

  /** The runtime has initialized and continues when the first event arrives. */
  restoreNext(exchange: Exchange): void {
    if (this.#state !== 'Started') {
      sendError(exchange, invalidTransition(this.#state, 'RestoreReady'));
      return;
    }
    this.#restore = exchange;
    this.#state = 'RestoreReady';
    this.#events.restoreDue();
    this.#events.parked('runtime');
  }

  failRestore(exchange: Exchange): void {
    if (this.#state !== 'Restoring') {
      sendError(exchange, invalidTransition(this.#state, 'InvocationErrorResponse'));
      return;
    }
    this.#receive('InvocationErrorResponse', exchange, (bytes) => ({
      kind: 'failed',
      payload: bytes,
      fault: { ...postedFault(exchange, bytes), postedByRuntime: false },
    }));
  }

  next(exchange: Exchange): void {
    if (this.#state === 'Restoring' && this.#delivery) {
      this.#state = 'Running';
      this.#events.restored();
      exchange.answer(deliveryAnswer(this.#delivery));
      return;
    }
    if (!mayPark.has(this.#state)) {
      sendError(exchange, invalidTransition(this.#state, 'Ready'));
      return;
    }
    if (this.#state === 'Running' && this.#delivery) {
      exchange.answer(deliveryAnswer(this.#delivery));
      return;
    }
    this.#polls.push(exchange);
    if (this.#state === 'Ready') return;
    this.#state = 'Ready';
    this.#delivery = undefined;
    this.#events.parked('runtime', exchange.header(stampHeader));
  }

  respond(requestId: string, exchange: Exchange): void {
    const mode = exchange.header('lambda-runtime-function-response-mode');
    if (!this.#mayAnswer(requestId, 'InvocationResponse', exchange)) return;
    if (mode !== undefined && mode !== 'streaming') {
      sendError(exchange, invalidResponseMode);
      return;
    }
    const contentType = exchange.header('content-type') ?? '';
    const sink = this.#delivery?.sink;
    // Go's client streams what a handler's io.Reader gives and sends no mode: a body in chunks has no known length.
    const isStreaming = mode === 'streaming' || exchange.header('transfer-encoding') === 'chunked';
    if (sink && isStreaming && exchange.stream) {
      this.#stream(exchange, sink, contentType);
      return;
    }
    this.#receive('InvocationResponse', exchange, (bytes) => {
      const fault = trailerFault(exchange);
      return fault?.document
        ? { kind: 'failed', payload: fault.document, fault }
        : { kind: 'succeeded', payload: bytes, contentType };
    });
  }

  fail(requestId: string, exchange: Exchange): void {
    if (!this.#mayAnswer(requestId, 'InvocationErrorResponse', exchange)) return;
    this.#receive('InvocationErrorResponse', exchange, (bytes) => ({
      kind: 'failed',
      payload: bytes,
      fault: postedFault(exchange, bytes),
    }));
  }

  failInit(exchange: Exchange): void {
    if (this.#state !== 'Started') {
      sendError(exchange, invalidTransition(this.#state, 'InitError'));
      return;
    }
    this.#state = 'InitError';
    const generation = this.#generation;
    exchange.receive((body) => {
      if (generation !== this.#generation || body.kind === 'truncated') return;
      sendAccepted(exchange);
      this.#events.initFailed(postedFault(exchange, body.kind === 'whole' ? body.bytes : Buffer.from('{}')));
    });
  }

  /** The runtime has its answer when the caller's stream has taken all. */
  #stream(exchange: Exchange, sink: ResponseSink, contentType: string): void {
    this.#state = 'InvocationResponse';
    const generation = this.#generation;
    const response = new StreamedResponse(sink, contentType, (isWhole, fault) => {
      if (generation !== this.#generation) return;
      // Sent bytes cannot be replaced by an error: the runtime's exit gives the reason.
      if (!isWhole) return;
      this.#state = 'RuntimeResponseSentState';
      const failure = fault ?? trailerFault(exchange);
      if (fault) sendError(exchange, entityTooLarge);
      else setImmediate(() => sendAccepted(exchange));
      const payload = failure?.document ?? Buffer.alloc(0);
      this.#events.answered(
        failure ? { kind: 'failed', payload, fault: failure } : { kind: 'succeeded', payload, contentType },
      );
    });
    exchange.stream?.(response);
  }

  /** The id is looked at before the state, so an id that is over is a wrong id. */
  #mayAnswer(requestId: string, to: RuntimeState, exchange: Exchange): boolean {
    if (this.#delivery?.requestId !== requestId) {
      sendError(exchange, invalidRequestId);
      return false;
    }
    if (this.#state !== 'Running') {
      sendError(exchange, invalidTransition(this.#state, to));
      return false;
    }
    this.#events.responding();
    return true;
  }

  #receive(
    state: 'InvocationResponse' | 'InvocationErrorResponse',
    exchange: Exchange,
    outcomeOf: (bytes: Buffer) => Outcome,
  ): void {
    this.#state = state;
    const generation = this.#generation;
    exchange.receive((body) => {
      if (generation !== this.#generation) return;
      if (body.kind === 'truncated') {
        // Nothing was answered yet: the runtime may try again, or its exit follows.
        this.#state = 'Running';
        return;
      }
      this.#state = 'RuntimeResponseSentState';
      if (body.kind === 'tooLarge') {
        const fault = oversizeFault(limits.syncPayloadBytes);
        this.#events.answered({ kind: 'failed', payload: fault.document ?? Buffer.alloc(0), fault });
        sendError(exchange, entityTooLarge);
        return;
      }
      // The second to be answered waits until the first is awake: the caller's response goes out later in this turn.
      if (this.#delivery?.followsClosely) sendAccepted(exchange);
      else setImmediate(() => sendAccepted(exchange));
      this.#events.answered(outcomeOf(body.bytes));
    });
  }
}

function deliveryAnswer(delivery: Delivery): Answer {
  const headers: Record<string, string | number> = {
    // With any other value, even with a charset, Python's client passes raw bytes to the handler.
    'Content-Type': 'application/json',
    'Content-Length': delivery.payload.length,
    'Lambda-Runtime-Aws-Request-Id': delivery.requestId,
    'Lambda-Runtime-Deadline-Ms': delivery.deadlineMs,
    'Lambda-Runtime-Invoked-Function-Arn': delivery.invokedFunctionArn,
    'Lambda-Runtime-Trace-Id': delivery.traceId,
  };
  const { clientContext, cognitoIdentity } = delivery;
  if (clientContext !== undefined) headers['Lambda-Runtime-Client-Context'] = headerText(clientContext);
  if (cognitoIdentity !== undefined) headers['Lambda-Runtime-Cognito-Identity'] = headerText(cognitoIdentity);
  return { status: 200, headers, body: delivery.payload };
}

/**
 * A header's bytes are the JSON text's UTF-8, and Node.js's header strings have a character per byte. Headers must not
 * have line breaks, which are whitespace in JSON, or DEL, which is escaped.
 */
const headerText = (json: string) =>
  Buffer.from(json.replaceAll(/[\r\n]+/g, ' ').replaceAll('\x7f', '\\u007f'), 'utf8').toString('latin1');
