import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** How long an address that signs a browser in can be opened, once. */
const ticketMs = 60_000;
/** How long a browser stays signed in. */
const sessionMs = 12 * 3_600_000;
/** Tickets, and sessions, at a time; the oldest ones end first. */
const most = 100;

/** What the page needs beside its own routes. */
const reachable = /^\/(_lambdock(?:[/?]|$)|2015-03-31\/functions\/[^/?]+\/invocations(?:[/?]|$))/;
const cookiePaths = ['/_lambdock', '/2015-03-31/functions'];

const isRead: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD']);

/**
 * Browsers that use the page where signatures are required. Browsers do not sign: a signed request gets a ticket, whose
 * address is opened in the browser, which gets a cookie for it. A request that changes something needs the token, too.
 */
export class PageSessions {
  readonly #tickets = new Map<string, number>();
  readonly #sessions = new Map<string, number>();

  constructor(
    /** What the page sends in `X-Lambdock-Token`. */
    readonly token: string,
    private readonly nowMs: () => number,
  ) {}

  /** A ticket that can be redeemed once, within a minute. */
  issue(): string {
    return this.#add(this.#tickets, ticketMs);
  }

  /** The cookies of a new session; undefined where the ticket is not valid. */
  redeem(ticket: string, { headers }: IncomingMessage): readonly string[] | undefined {
    const untilMs = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (untilMs === undefined || untilMs < this.nowMs()) return undefined;
    const id = this.#add(this.#sessions, sessionMs);
    return cookiePaths.map(
      (path) =>
        `${cookieName(headers.host)}=${id}; Path=${path}; Max-Age=${sessionMs / 1_000}; HttpOnly; SameSite=Strict`,
    );
  }

  /** Whether a request is of a browser that has signed in, and may be answered without a signature. */
  holds({ method, url = '', headers }: IncomingMessage): boolean {
    if (headers.cookie === undefined || !reachable.test(url)) return false;
    if (!isRead.has(method) && headers['x-lambdock-token'] !== this.token) return false;
    const prefix = `${cookieName(headers.host)}=`;
    const cookie = headers.cookie.split('; ').find((each) => each.startsWith(prefix));
    const untilMs = cookie === undefined ? undefined : this.#sessions.get(cookie.slice(prefix.length));
    return untilMs !== undefined && untilMs >= this.nowMs();
  }

  #add(to: Map<string, number>, ms: number): string {
    const id = randomBytes(24).toString('base64url');
    to.set(id, this.nowMs() + ms);
    for (const oldest of to.keys()) {
      if (to.size <= most) break;
      to.delete(oldest);
    }
    return id;
  }
}

/** Browsers share cookies between the ports of a host, so the name has the port. */
const cookieName = (host = '') => `lambdock-${/:(\d+)$/.exec(host)?.[1] ?? '80'}`;
