import type { Database } from '../../lib/database';
import type { Scope } from './state';

/** An accepted asynchronous invocation that has not ended. */
export interface QueuedEvent {
  /** The request id, the same for every attempt. */
  readonly id: string;
  readonly scope: Scope;
  readonly functionName: string;
  /** A version or an alias; absent for the function itself. */
  readonly qualifier?: string;
  /** In Base64. */
  readonly payload: string;
  readonly traceId: string;
  /** JSON text. */
  readonly clientContext?: string;
  /** Its first attempt starts a new environment. */
  readonly isForcedCold?: true;
  readonly acceptedMs: number;
  /** Time of the next attempt, in milliseconds since the epoch. */
  readonly dueMs: number;
  /** Attempts in which the function responded. */
  readonly attempts: number;
  /** Consecutive attempts that did not reach the function. */
  readonly delays: number;
}

/** The events of a data folder. They are on disk before they are acknowledged. */
export class EventQueue {
  constructor(
    private readonly database: Database,
    /** Id of this run of lambdock. */
    private readonly boot: string,
  ) {}

  put(event: QueuedEvent): void {
    this.database.run(
      'INSERT OR REPLACE INTO events (id, boot, event) VALUES (?, ?, ?)',
      event.id,
      this.boot,
      JSON.stringify(event),
    );
  }

  remove(id: string): void {
    this.database.run('DELETE FROM events WHERE id = ?', id);
  }

  /** Takes over the events of runs that have ended, and returns them with those of this run. */
  adopt(living: ReadonlySet<string>): readonly QueuedEvent[] {
    return this.database.transaction(() => {
      const rows = this.database.all('SELECT id, boot, event FROM events');
      const own = rows.filter(({ boot }) => boot === this.boot || !living.has(String(boot)));
      for (const { id } of own)
        this.database.run('UPDATE events SET boot = ? WHERE id = ?', this.boot, String(id));
      return own.map(({ event }) => JSON.parse(String(event)) as QueuedEvent);
    });
  }
}
