import { STATUS_CODES, validateHeaderValue } from 'node:http';
import type { Duplex } from 'node:stream';
import { systemClock } from '../lib/clock';
import { type Body, joined } from '../lib/http-body';
import type { Answer, Exchange } from './exchange';

/** Up to this size a payload is copied after its head, so that one write sends both. */
const oneWriteBytes = 64 * 1024;

/** A common request. Its connection passes it the body and is called when it is answered. */
export class FastExchange implements Exchange {
  readonly #socket: Duplex;
  readonly #headers: ReadonlyMap<string, string>;
  readonly #answered: () => void;
  readonly #chunks: Buffer[] = [];
  #done: ((body: Body) => void) | undefined;
  #isAbandoned = false;

  constructor(socket: Duplex, headers: ReadonlyMap<string, string>, answered: () => void) {
    this.#socket = socket;
    this.#headers = headers;
    this.#answered = answered;
  }

  get gone(): boolean {
    return this.#isAbandoned || this.#socket.destroyed;
  }

  header(name: string): string | undefined {
    return this.#headers.get(name);
  }

  /** Requests with trailers are not usual. */
  trailer(): undefined {
    return undefined;
  }

  receive(done: (body: Body) => void): void {
    this.#done = done;
  }

  answer(answer: Answer): void {
    if (this.gone) return;
    const { body } = answer;
    const head = headText(answer);
    if (typeof body === 'string') {
      this.#socket.write(head + body, 'latin1');
    } else if (body.length <= oneWriteBytes) {
      this.#socket.write(head + body.toString('latin1'), 'latin1');
    } else {
      this.#socket.cork();
      this.#socket.write(head, 'latin1');
      this.#socket.write(body);
      this.#socket.uncork();
    }
    this.#answered();
  }

  /** A part of the body has come. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  /** The body is whole. */
  end(): void {
    this.#done?.({ kind: 'whole', bytes: joined(this.#chunks) });
  }

  /** The body will not become whole. */
  cut(): void {
    this.abandon();
    this.#done?.({ kind: 'truncated' });
  }

  /** The client has disconnected, or another reader has taken its connection. */
  abandon(): void {
    this.#isAbandoned = true;
  }
}

let lastAnswer: Answer | undefined;
let lastDate = '';
let lastHead = '';

/**
 * The same fields as node:http's, in the same order, without line breaks in them. It is cached until the answer or the
 * second changes, since most responses have the same head.
 */
function headText(answer: Answer): string {
  const now = date();
  if (answer === lastAnswer && now === lastDate) return lastHead;
  const { status, headers } = answer;
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') validateHeaderValue(name, value);
    head += `${name}: ${value}\r\n`;
  }
  head += `Date: ${now}\r\nConnection: keep-alive\r\n\r\n`;
  // An event's payload is not kept for that.
  if (typeof answer.body === 'string') [lastAnswer, lastDate, lastHead] = [answer, now, head];
  return head;
}

let dateSecond = 0;
let dateText = '';

/** Date in the form of RFC 9110, section 5.6.7, from the machine's clock as in node:http; cached for a second. */
function date(): string {
  const second = Math.floor(systemClock.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(second * 1000).toUTCString();
  }
  return dateText;
}
