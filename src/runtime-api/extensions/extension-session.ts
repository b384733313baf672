import { limits } from '../../aws/limits';
import type { RegisteredExtensions, ShutdownReason } from '../../execution/lifecycle/lifecycle-types';
import type {
  Delivery,
  ExtensionStatus,
  FunctionIdentity,
  RuntimeEvents,
} from '../../execution/runtime-link';
import type { Exchange } from '../exchange';
import { jsonAnswer, type RuntimeApiError, sendAccepted, sendError } from '../runtime-errors';
import { Extension } from './extension';
import {
  emptyName,
  invalidIdentifier,
  invalidState,
  missingErrorType,
  missingIdentifier,
  nameTaken,
  registrationClosed,
  tooMany,
  unknownIdentifier,
} from './extension-errors';
import { subscribedEvents } from './registration';

const none: RegisteredExtensions = { external: new Set(), hasInternal: false };
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The extensions of one environment, as the Extensions API sees them.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 */
export class ExtensionSession {
  readonly #extensions = new Map<string, Extension>();
  /** Names of the files in `/opt/extensions`: who registers by one of them is external. */
  #external: ReadonlySet<string> = new Set();
  #registered: RegisteredExtensions = none;
  /** Participants that subscribed to INVOKE. */
  #invoked: readonly string[] = [];
  /** Counts restarts, so that a body of a killed process is not taken for its successor's. */
  #generation = 0;

  constructor(
    private readonly events: Pick<RuntimeEvents, 'parked' | 'extensionRegistered' | 'extensionFailed'>,
    private readonly identity: FunctionIdentity,
    /** Whether extensions may still register: until the runtime asks for its first event. */
    private readonly isOpen: () => boolean,
  ) {}

  get registered(): RegisteredExtensions {
    return this.#registered;
  }

  get invoked(): readonly string[] {
    return this.#invoked;
  }

  expect(names: readonly string[]): void {
    this.#external = new Set(names);
  }

  register(exchange: Exchange): void {
    const generation = this.#generation;
    exchange.receive((body) => {
      if (generation !== this.#generation) return;
      const name = exchange.header('lambda-extension-name') ?? '';
      const registered = this.#register(name, body.kind === 'whole' ? body.bytes : Buffer.from('-'));
      if (!(registered instanceof Extension)) {
        sendError(exchange, registered);
        return;
      }
      const { functionName, functionVersion, handler, accountId } = this.identity;
      const features = (exchange.header('lambda-extension-accept-feature') ?? '').split(/\s*,\s*/);
      const answer = {
        functionName,
        functionVersion,
        handler,
        ...(features.includes('accountId') && { accountId }),
      };
      exchange.answer(jsonAnswer(200, answer, { 'Lambda-Extension-Identifier': registered.id }));
      this.events.extensionRegistered(registered.participant);
    });
  }

  next(exchange: Exchange): void {
    const extension = this.identified(exchange);
    if (extension === undefined) return;
    if (extension.state === 'InitError' || extension.state === 'ExitError') {
      sendError(exchange, invalidState(extension.name, extension.state, 'Ready'));
      return;
    }
    const isFirst = extension.state !== 'Ready';
    extension.park(exchange);
    if (isFirst && extension.state === 'Ready') this.events.parked(extension.participant);
  }

  failInit(exchange: Exchange): void {
    this.#fail(exchange, 'InitError', ['Registered']);
  }

  exit(exchange: Exchange): void {
    this.#fail(exchange, 'ExitError', ['Registered', 'Ready', 'Running']);
  }

  invoke({ deadlineMs, requestId, invokedFunctionArn, traceId }: Delivery): void {
    if (this.#invoked.length === 0) return;
    const event = {
      eventType: 'INVOKE',
      deadlineMs,
      requestId,
      invokedFunctionArn,
      tracing: { type: 'X-Amzn-Trace-Id', value: traceId },
    };
    for (const extension of this.#extensions.values())
      if (extension.subscribes('INVOKE')) extension.send(event);
  }

  /** Returns the names of external extensions that did not subscribe. */
  shutDown(shutdownReason: ShutdownReason, deadlineMs: number): readonly string[] {
    const others = new Set(this.#external);
    for (const extension of this.#extensions.values()) {
      if (!extension.subscribes('SHUTDOWN')) continue;
      others.delete(extension.name);
      extension.send({ eventType: 'SHUTDOWN', deadlineMs, shutdownReason });
    }
    return [...others];
  }

  statuses(): readonly ExtensionStatus[] {
    const registered = [...this.#extensions.values()].map(({ name, state, events, errorType }) => ({
      name,
      state: state === 'Running' ? 'Ready' : state,
      events,
      ...(errorType !== undefined && { errorType }),
    }));
    const names = new Set(registered.map(({ name }) => name));
    const others = [...this.#external].filter((name) => !names.has(name));
    return [...registered, ...others.map((name) => ({ name, state: 'Started', events: [] }))];
  }

  restart(): void {
    this.#generation += 1;
    this.#extensions.clear();
    this.#external = new Set();
    this.#changed();
  }

  #register(name: string, body: Buffer): Extension | RuntimeApiError {
    if (name === '') return emptyName;
    const isExternal = this.#external.has(name);
    const events = subscribedEvents(body, isExternal);
    if ('errorType' in events) return events;
    const before = [...this.#extensions.values()].find((each) => each.name === name);
    if (before) return isExternal ? invalidState(name, before.state, 'Registered') : nameTaken;
    if (this.#extensions.size >= limits.extensions) return tooMany(limits.extensions);
    if (!this.isOpen()) return registrationClosed;
    const extension = new Extension(name, isExternal, events);
    this.#extensions.set(extension.id, extension);
    this.#changed();
    return extension;
  }

  #changed(): void {
    const all = [...this.#extensions.values()];
    const external = all.filter((each) => each.isExternal).map(({ participant }) => participant);
    this.#registered =
      all.length === 0
        ? none
        : { external: new Set(external), hasInternal: all.some((each) => !each.isExternal) };
    this.#invoked = all.filter((each) => each.subscribes('INVOKE')).map(({ participant }) => participant);
  }

  #fail(exchange: Exchange, state: 'InitError' | 'ExitError', allowed: readonly Extension['state'][]): void {
    const extension = this.identified(exchange);
    if (extension === undefined) return;
    const errorType = exchange.header('lambda-extension-function-error-type') ?? '';
    if (errorType === '') sendError(exchange, missingErrorType);
    // Repeating the same report has no effect.
    else if (extension.state === state) sendAccepted(exchange);
    else if (!allowed.includes(extension.state))
      sendError(exchange, invalidState(extension.name, extension.state, state));
    else {
      extension.state = state;
      extension.errorType = errorType;
      sendAccepted(exchange);
      this.events.extensionFailed({
        status: 'error',
        errorType: `Extension.${state}`,
        message: errorType,
      });
    }
  }

  /** The extension that a request names. If it is unknown, answers the request and returns undefined. */
  identified(exchange: Exchange): Extension | undefined {
    const id = exchange.header('lambda-extension-identifier') ?? '';
    const extension = this.#extensions.get(id.toLowerCase());
    if (extension === undefined)
      sendError(
        exchange,
        id === '' ? missingIdentifier : uuid.test(id) ? unknownIdentifier(id) : invalidIdentifier,
      );
    return extension;
  }
}
