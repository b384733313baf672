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
  /** Results that were opened from files, by an id of the page's own. */
  readonly opened: ReadonlyMap<string, OpenedResult>;
  /** Newest first. */
  readonly deployments: readonly DeploymentRow[];
  /** The last one that was read or followed has failed with this. */
  readonly problem?: string;
}

/** How often listeners run at most: eyes need no more, and a busy function shares the machine with the page. */
const changedAtMostEveryMs = 300;

/** What every view reads. */
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

  /** Also after the recording or the logs have changed. Listeners run now, or soon where they have just run. */
  changed(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const wait = Math.max(0, this.#changedAt + changedAtMostEveryMs - performance.now());
    setTimeout(() => {
      // No frames come while the page is in the background; the next one shows all that has come.
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
