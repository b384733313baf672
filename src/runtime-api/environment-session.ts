import type { Duplex } from 'node:stream';
import { runtimeOnly } from '../execution/lifecycle/lifecycle-steps';
import type {
  Participants,
  RegisteredExtensions,
  ShutdownReason,
} from '../execution/lifecycle/lifecycle-types';
import type {
  Delivery,
  ExtensionStatus,
  FunctionIdentity,
  RuntimeEvents,
  RuntimeLink,
} from '../execution/runtime-link';
import { ExtensionSession } from './extensions/extension-session';
import { RuntimeSession } from './runtime-session';
import { TelemetrySession } from './telemetry/telemetry-session';

/** The processes of one environment, as the APIs at 127.0.0.1:9001 see them. */
export class EnvironmentSession implements RuntimeLink {
  readonly runtime: RuntimeSession;
  readonly extensionSession: ExtensionSession;
  readonly telemetrySession: TelemetrySession;
  readonly #adopt: (socket: Duplex, session: EnvironmentSession) => void;
  readonly #sockets = new Set<Duplex>();

  constructor(
    events: RuntimeEvents,
    identity: FunctionIdentity,
    adopt: (socket: Duplex, session: EnvironmentSession) => void,
  ) {
    this.runtime = new RuntimeSession(events, identity.snapStart);
    this.extensionSession = new ExtensionSession(events, identity, () => this.runtime.isStarting);
    this.telemetrySession = new TelemetrySession(
      events,
      (exchange) => this.extensionSession.identified(exchange),
      () => this.runtime.isStarting,
    );
    this.#adopt = adopt;
  }

  get participants(): Participants {
    const { invoked } = this.extensionSession;
    return invoked.length === 0 ? runtimeOnly : new Set([...runtimeOnly, ...invoked]);
  }

  get extensions(): RegisteredExtensions {
    return this.extensionSession.registered;
  }

  accept(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#adopt(socket, this);
  }

  expectExtensions(names: readonly string[]): void {
    this.extensionSession.expect(names);
  }

  deliver(delivery: Delivery): void {
    this.extensionSession.invoke(delivery);
    this.runtime.deliver(delivery);
  }

  shutDownExtensions(reason: ShutdownReason, deadlineMs: number): readonly string[] {
    return this.extensionSession.shutDown(reason, deadlineMs);
  }

  extensionStatuses(): readonly ExtensionStatus[] {
    return this.extensionSession.statuses();
  }

  restart(): void {
    this.runtime.restart();
    this.extensionSession.restart();
    this.telemetrySession.restart();
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.restart();
  }
}
