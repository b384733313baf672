/** Kinds of events that an extension subscribes to. */
export type TelemetryKind = 'platform' | 'function' | 'extension';

/** An extension's subscription to the Telemetry API or the Logs API. */
export interface Subscription {
  readonly api: 'telemetry' | 'logs';
  /** The extension's name. */
  readonly name: string;
  readonly schemaVersion: string;
  readonly kinds: readonly TelemetryKind[];
  readonly buffering: Buffering;
  readonly destination: SubscriptionDestination;
}

/** A batch is sent when it reaches this many events or bytes, or when its first event reaches this age. */
export interface Buffering {
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** A listener in the sandbox. */
export type SubscriptionDestination =
  | {
      readonly protocol: 'HTTP';
      readonly port: number;
      readonly path: string;
      readonly method: 'POST' | 'PUT';
    }
  | { readonly protocol: 'TCP'; readonly port: number };

/** An event before it is converted to a subscriber's schema. */
export interface TelemetryEvent {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly kind: TelemetryKind;
  /** `platform.start`, `function`, … */
  readonly type: string;
  readonly record: Readonly<Record<string, unknown>> | string;
}
