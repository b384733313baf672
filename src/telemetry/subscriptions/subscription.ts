/** Kinds of events that an extension subscribes to. */
export type TelemetryKind = 'platform' | 'function' | 'extension';

/** An extension's subscription to the Telemetry API or the Logs API. */
export interface Subscription {
  readonly api: 'telemetry' | 'logs';
  /** Of the extension. */
  readonly name: string;
  readonly schemaVersion: string;
  readonly kinds: readonly TelemetryKind[];
  readonly buffering: Buffering;
  readonly destination: SubscriptionDestination;
}

/** A batch is sent when it has so many events or bytes, or when its first event is so old. */
export interface Buffering {
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** A listener inside the sandbox. */
export type SubscriptionDestination =
  | {
      readonly protocol: 'HTTP';
      readonly port: number;
      readonly path: string;
      readonly method: 'POST' | 'PUT';
    }
  | { readonly protocol: 'TCP'; readonly port: number };

/** One event, before it is written as a subscriber's schema has it. */
export interface TelemetryEvent {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly kind: TelemetryKind;
  /** `platform.start`, `function`, … */
  readonly type: string;
  readonly record: Readonly<Record<string, unknown>> | string;
}
