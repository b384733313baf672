/** The JSON of every answer under `/_lambdock`: the server writes it, the command line and the page read it. */

/**
 * A row of `GET /_lambdock/functions`, sizes in MB, timeout in seconds, as in `lambdock.yaml`.
 */
export interface FunctionRow {
  readonly name: string;
  readonly packageType: 'Zip' | 'Image';
  readonly runtime?: string;
  readonly image?: string;
  readonly handler?: string;
  readonly memorySize: number;
  readonly timeout: number;
  readonly ephemeralStorage: number;
  readonly state: 'preparing' | 'ready' | 'failed';
  readonly reason?: string;
  readonly arn: string;
  /** The template names it, and replaces changes over the API at its next deployment. */
  readonly isFromTemplate?: true;
  /** How many are published; absent where none is. */
  readonly versions?: number;
  readonly aliases?: readonly { readonly name: string; readonly version: string }[];
}

/** A problem that lasts: see `GET /_lambdock/notices`. */
export interface NoticeRow {
  readonly text: string;
  /** Absent where it concerns lambdock as a whole. */
  readonly functionName?: string;
}

/** What `GET /_lambdock/functions` answers. */
export interface FunctionList {
  readonly functions: readonly FunctionRow[];
  readonly notices: readonly NoticeRow[];
}

/** What `GET /_lambdock/health` answers. */
export interface Health {
  readonly status: string;
  readonly version: string;
  /** Which lambdock answers: the name in its containers' labels. */
  readonly instance: string;
  readonly engine: string;
  readonly functions: number;
}

/** A row of `GET /_lambdock/environments`. */
export interface EnvironmentRow {
  readonly id: string;
  /** Absent until its sandbox is made. */
  readonly engineId?: string;
  /** Absent, as are `version` and `memorySize`, for a spare that serves any function of its `kind`. */
  readonly functionName?: string;
  readonly version?: string;
  /** What a spare serves: a runtime's identifier, or an image. */
  readonly kind?: string;
  readonly state: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly lastInvokedAt?: string;
  readonly invocations: number;
  /** Absent for a spare, which has not started. */
  readonly coldStart?: 'own-spare' | 'spare' | 'reused' | 'on-demand';
  /** How code came into the container. Absent for a spare. */
  readonly fill?: 'linked' | 'copied' | 'mounted';
  readonly initDurationMs?: number;
  readonly memoryUsedMiB?: number;
  readonly memorySize?: number;
}

/** A line of `GET /_lambdock/logs`. */
export interface LogRow {
  /** ISO 8601. */
  readonly time: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly logStream: string;
  readonly requestId?: string;
  /** The function that a line of lambdock itself concerns. */
  readonly about?: string;
  readonly text: string;
}

/** A row of `GET /_lambdock/queue`: an asynchronous invocation that has not ended. */
export interface QueueRow {
  readonly requestId: string;
  readonly functionName: string;
  readonly qualifier?: string;
  /** ISO 8601, as below. */
  readonly acceptedAt: string;
  /** When it is tried next. */
  readonly dueAt: string;
  /** How often the function has answered it with an error. */
  readonly attempts: number;
}
