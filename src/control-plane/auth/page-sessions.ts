import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Lifetime of a ticket. It can be redeemed once. */
const ticketMs = 60_000;
/** Lifetime of a session. */
const sessionMs = 12 * 3_600_000;
/** Limit of tickets, and of sessions. The oldest are removed. */
const most = 100;

/** Paths that a signed-in browser may request: operator routes and invocations. */
const reachable = /^\/(_lambdock(?:[/?]|$)|2015-03-31\/functions\/[^/?]+\/invocations(?:[/?]|$))/;
const cookiePaths = ['/_lambdock', '/2015-03-31/functions'];

const isRead: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD']);

/**
 * Sessions of browsers, if signatures are required. Browsers do not sign. A signed request gets a ticket; the browser
 * opens its address and gets a cookie. Requests that change something also need the token.
 */
export class PageSessions {
  readonly #tickets = new Map<string, number>();
  readonly #sessions = new Map<string, number>();

  constructor(
    /** Token that the page sends in `X-Lambdock-Token`. */
    readonly token: string,
    private readonly nowMs: () => number,
  ) {}

  /** Creates a ticket that can be redeemed once, within a minute. */
  issue(): string {
    return this.#add(this.#tickets, ticketMs);
  }

  /** The cookies of a new session; undefined if the ticket is not valid. */
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

  /** Whether a request is from a signed-in browser and needs no signature. */
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

/** Browsers share cookies between the ports of a host, so the name contains the port. */
const cookieName = (host = '') => `lambdock-${/:(\d+)$/.exec(host)?.[1] ?? '80'}`;
