import type {
  DeploymentRow,
  EventSourceRow,
  FunctionRow,
  FunctionStats,
  NoticeRow,
  QueueRow,
  ResultRow,
} from '../../operator-api/contract';
import { LogBuffer } from './log-buffer';
import { Recording } from './recording';
import type { OpenedResult } from './results';

export interface PageState {
  /** Whether the event stream is open. */
  readonly connection: 'connecting' | 'live' | 'lost';
  readonly functions: readonly FunctionRow[];
  readonly notices: readonly NoticeRow[];
  readonly stats: ReadonlyMap<string, FunctionStats>;
  readonly queue: readonly QueueRow[];
  readonly eventSources: readonly EventSourceRow[];
  /** Newest first. */
  readonly results: readonly ResultRow[];
  /** Results that the user opened from files, by an id that the page assigns. */
  readonly opened: ReadonlyMap<string, OpenedResult>;
  /** Newest first. */
  readonly deployments: readonly DeploymentRow[];
  /** Error of the last read or stream. */
  readonly problem?: string;
}

/** Minimum interval between updates: more is not visible, and a busy function shares the CPU with the page. */
const changedAtMostEveryMs = 300;

/** The state that all views read. */
export class Store {
  readonly recording = new Recording();
  readonly logs = new LogBuffer();
  #state: PageState = {
    connection: 'connecting',
    functions: [],
    notices: [],
    stats: new Map(),
    queue: [],
    eventSources: [],
    results: [],
    opened: new Map(),
    deployments: [],
  };
  readonly #listeners = new Set<() => void>();
  #isScheduled = false;
  #changedAt = Number.NEGATIVE_INFINITY;

  get state(): PageState {
    return this.#state;
  }

  update(change: Partial<PageState>): void {
    this.#state = { ...this.#state, ...change };
    this.changed();
  }

  /** Also called after changes of the recording or the logs. Calls listeners now, or later if they were just called. */
  changed(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const wait = Math.max(0, this.#changedAt + changedAtMostEveryMs - performance.now());
    setTimeout(() => {
      // Browsers run no frames for a page in the background. The next frame shows all changes.
      requestAnimationFrame(() => {
        this.#isScheduled = false;
        this.#changedAt = performance.now();
        for (const listener of [...this.#listeners]) listener();
      });
    }, wait);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
