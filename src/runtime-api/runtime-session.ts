import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { limits } from '../aws/limits';
import { type Outcome, oversizeFault } from '../execution/outcome';
import { type Delivery, type RuntimeEvents, type RuntimeLink, stampHeader } from '../execution/runtime-link';
import { readBody } from '../lib/http-body';
import { postedFault, trailerFault } from './posted-error';
import {
  entityTooLarge,
  invalidRequestId,
  invalidResponseMode,
  invalidTransition,
  type RuntimeState,
  sendAccepted,
  sendError,
} from './runtime-errors';

/** Where from a runtime may ask for its next event; in `Running` it is given the same event again. */
const mayPark: ReadonlySet<RuntimeState> = new Set([
  'Started',
  'RuntimeResponseSentState',
  'Ready',
  'Running',
]);

/** The runtime of one environment, as the Runtime API sees it: state, open polls, the event under way. */
export class RuntimeSession implements RuntimeLink {
  readonly #events: RuntimeEvents;
  readonly #adopt: (socket: Duplex, session: RuntimeSession) => void;
  readonly #sockets = new Set<Duplex>();
  #state: RuntimeState = 'Started';
  #polls: ServerResponse[] = [];
  #delivery: Delivery | undefined;
  /** Counts restarts, so that a body which a killed runtime was still sending is not taken for its successor's. */
  #generation = 0;

  constructor(events: RuntimeEvents, adopt: (socket: Duplex, session: RuntimeSession) => void) {
    this.#events = events;
    this.#adopt = adopt;
  }

  accept(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#adopt(socket, this);
  }

  deliver(delivery: Delivery): void {
    this.#delivery = delivery;
    this.#state = 'Running';
    // Where the poll's connection broke meanwhile, the runtime's next one is given the event.
    const poll = this.#polls.find((each) => !each.destroyed);
    this.#polls = this.#polls.filter((each) => each !== poll && !each.destroyed);
    if (poll) sendDelivery(poll, delivery);
  }

  restart(): void {
    this.#generation += 1;
    this.#state = 'Started';
    this.#delivery = undefined;
    this.#polls = [];
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.restart();
  }

  next(request: IncomingMessage, response: ServerResponse): void {
    if (!mayPark.has(this.#state)) {
      sendError(response, invalidTransition(this.#state, 'Ready'));
      return;
    }
    if (this.#state === 'Running' && this.#delivery) {
      sendDelivery(response, this.#delivery);
      return;
    }
    this.#polls.push(response);
    if (this.#state === 'Ready') return;
    this.#state = 'Ready';
    this.#delivery = undefined;
    const stamp = request.headers[stampHeader];
    this.#events.parked(typeof stamp === 'string' ? stamp : undefined);
  }

  respond(requestId: string, request: IncomingMessage, response: ServerResponse): void {
    const mode = request.headers['lambda-runtime-function-response-mode'];
    if (!this.#mayAnswer(requestId, 'InvocationResponse', request, response)) return;
    if (mode !== undefined && mode !== 'streaming') {
      refuse(request, response, invalidResponseMode);
      return;
    }
    this.#receive('InvocationResponse', request, response, (bytes) => {
      const fault = trailerFault(request);
      return fault?.document
        ? { kind: 'failed', payload: fault.document, fault }
        : { kind: 'succeeded', payload: bytes, contentType: request.headers['content-type'] ?? '' };
    });
  }

  fail(requestId: string, request: IncomingMessage, response: ServerResponse): void {
    if (!this.#mayAnswer(requestId, 'InvocationErrorResponse', request, response)) return;
    this.#receive('InvocationErrorResponse', request, response, (bytes) => ({
      kind: 'failed',
      payload: bytes,
      fault: postedFault(request, bytes),
    }));
  }

  failInit(request: IncomingMessage, response: ServerResponse): void {
    if (this.#state !== 'Started') {
      refuse(request, response, invalidTransition(this.#state, 'InitError'));
      return;
    }
    this.#state = 'InitError';
    const generation = this.#generation;
    readBody(request, limits.syncPayloadBytes, (body) => {
      if (generation !== this.#generation || body.kind === 'truncated') return;
      sendAccepted(response);
      this.#events.initFailed(postedFault(request, body.kind === 'whole' ? body.bytes : Buffer.from('{}')));
    });
  }

  /** The id is looked at before the state, so an id that is over is a wrong id. */
  #mayAnswer(
    requestId: string,
    to: RuntimeState,
    request: IncomingMessage,
    response: ServerResponse,
  ): boolean {
    if (this.#delivery?.requestId !== requestId) {
      refuse(request, response, invalidRequestId);
      return false;
    }
    if (this.#state !== 'Running') {
      refuse(request, response, invalidTransition(this.#state, to));
      return false;
    }
    return true;
  }

  #receive(
    state: 'InvocationResponse' | 'InvocationErrorResponse',
    request: IncomingMessage,
    response: ServerResponse,
    outcomeOf: (bytes: Buffer) => Outcome,
  ): void {
    this.#state = state;
    const generation = this.#generation;
    readBody(request, limits.syncPayloadBytes, (body) => {
      if (generation !== this.#generation) return;
      if (body.kind === 'truncated') {
        // Nothing was answered yet: the runtime may try again, or it is gone and its exit is told.
        this.#state = 'Running';
        return;
      }
      this.#state = 'RuntimeResponseSentState';
      if (body.kind === 'tooLarge') {
        const fault = oversizeFault(limits.syncPayloadBytes);
        this.#events.answered({ kind: 'failed', payload: fault.document ?? Buffer.alloc(0), fault });
        sendError(response, entityTooLarge);
        return;
      }
      // Whoever comes second waits as long as it takes to wake the other: the caller's answer goes out later in this turn.
      if (this.#delivery?.followsClosely) sendAccepted(response);
      else setImmediate(() => sendAccepted(response));
      this.#events.answered(outcomeOf(body.bytes));
    });
  }
}

/** Answers without waiting for a body; what still comes of it is dropped. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: Parameters<typeof sendError>[1],
): void {
  request.resume();
  sendError(response, error);
}

function sendDelivery(response: ServerResponse, delivery: Delivery): void {
  response.writeHead(200, {
    // Python's client hands the handler raw bytes when anything else, a charset included, stands here.
    'Content-Type': 'application/json',
    'Content-Length': delivery.payload.length,
    'Lambda-Runtime-Aws-Request-Id': delivery.requestId,
    'Lambda-Runtime-Deadline-Ms': delivery.deadlineMs,
    'Lambda-Runtime-Invoked-Function-Arn': delivery.invokedFunctionArn,
    'Lambda-Runtime-Trace-Id': delivery.traceId,
    ...(delivery.clientContext !== undefined && {
      'Lambda-Runtime-Client-Context': headerText(delivery.clientContext),
    }),
    ...(delivery.cognitoIdentity !== undefined && {
      'Lambda-Runtime-Cognito-Identity': headerText(delivery.cognitoIdentity),
    }),
  });
  response.end(delivery.payload);
}

/** Header bytes are the text's UTF-8; Node writes one byte for each character of the string it is given. */
const headerText = (text: string) => Buffer.from(text.replaceAll(/[\r\n]+/g, ' '), 'utf8').toString('latin1');
