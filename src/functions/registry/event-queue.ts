import type { Database } from '../../lib/database';
import type { Scope } from './state';

/** An asynchronous invocation that was accepted and has not ended. */
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
  /** When it is tried next, in milliseconds since the epoch. */
  readonly dueMs: number;
  /** Attempts that the function has answered. */
  readonly attempts: number;
  /** Attempts in a row that did not get as far as the function. */
  readonly delays: number;
}

/** The events of a data folder, on the disk before they are acknowledged. */
export class EventQueue {
  constructor(
    private readonly database: Database,
    /** Which run of lambdock this is. */
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
