import type { Duplex } from 'node:stream';
import { limits } from '../aws/limits';
import { FastExchange } from './fast-exchange';
import { rememberingFields, usualHead } from './fast-head';
import type { RuntimeSession } from './runtime-session';

const headEnd = Buffer.from('\r\n\r\n');
/** Limit of a request's head; usual ones have a few hundred bytes. */
const headLimitBytes = 8 * 1024;

/**
 * A connection of a runtime while it has only usual requests: polls for the next event and responses, each after the
 * answer to the previous one. Every invocation waits for such a pair, and node:http takes 30 to 50 us longer for it, of
 * about 450 us of lambdock's work for a warm invocation.
 *
 * At the first unusual request, which includes a head in several pieces, the connection is handed over to node:http for
 * good, from that request's first byte. So no incomplete head is kept here.
 */
export class RuntimeConnection {
  readonly #socket: Duplex;
  readonly #session: RuntimeSession;
  readonly #handOver: (socket: Duplex) => void;
  /** The request that waits for its answer. */
  #exchange: FastExchange | undefined;
  /** The bytes of a poll that waits. */
  #poll: Buffer | undefined;
  readonly #fieldsOf = rememberingFields();
  /** Bytes that a body still lacks, be it wanted or not. */
  #missing = 0;
  #isEnded = false;

  /** @param handOver gets the socket with all unhandled bytes put back */
  constructor(socket: Duplex, session: RuntimeSession, handOver: (socket: Duplex) => void) {
    this.#socket = socket;
    this.#session = session;
    this.#handOver = handOver;
    socket.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose);
  }

  readonly #onData = (chunk: Buffer) => {
    // A destroyed stream still emits what it has buffered: the poll of a killed process must not reach its successor.
    if (this.#socket.destroyed) return;
    if (this.#missing > 0) this.#continueBody(chunk);
    else if (this.#poll) this.#leave(Buffer.concat([this.#poll, chunk]));
    else if (this.#exchange) this.#keep(chunk);
    else this.#begin(chunk);
  };

  #begin(chunk: Buffer): void {
    const end = chunk.subarray(0, headLimitBytes).indexOf(headEnd);
    const text = end > 0 ? chunk.toString('latin1', 0, end) : '';
    const head = usualHead(text, limits.syncPayloadBytes, this.#fieldsOf);
    const body = chunk.subarray(end + headEnd.length);
    // A client that reads its answers slowly is unusual too: answers must not queue here.
    if (!head || this.#socket.writableLength > 0 || (head.kind === 'next' && body.length > 0)) {
      this.#leave(chunk);
      return;
    }
    const exchange = new FastExchange(this.#socket, head.headers, () => this.#onAnswered());
    this.#exchange = exchange;
    if (head.kind === 'next') {
      this.#poll = chunk;
      this.#session.next(exchange);
      return;
    }
    this.#missing = head.contentLength;
    this.#session.respond(head.requestId, exchange);
    this.#continueBody(body);
  }

  #continueBody(chunk: Buffer): void {
    const exchange = this.#exchange;
    const part = chunk.length > this.#missing ? chunk.subarray(0, this.#missing) : chunk;
    if (part.length > 0) exchange?.push(part);
    this.#missing -= part.length;
    if (this.#missing > 0) return;
    exchange?.end();
    if (part.length < chunk.length) this.#keep(chunk.subarray(part.length));
  }

  /** The next request has come before the answer to this one is due: a matter of one turn. */
  #keep(chunk: Buffer): void {
    this.#socket.pause();
    this.#socket.unshift(chunk);
    if (this.#exchange === undefined) this.#socket.resume();
  }

  #onAnswered(): void {
    this.#exchange = undefined;
    this.#poll = undefined;
    if (this.#isEnded) this.#socket.end();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  /**
   * Hands over to node:http, which reads these bytes first. A poll among them is repeated and counts as the same poll.
   */
  #leave(bytes: Buffer): void {
    this.#exchange?.abandon();
    const socket = this.#socket;
    socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    socket.pause();
    socket.unshift(bytes);
    this.#handOver(socket);
    socket.resume();
  }

  /**
   * The other side sends no more bytes. It may still wait for a pending answer, but a poll is abandoned, since this is
   * how the end of a process appears. An incomplete body stays incomplete.
   */
  readonly #onEnd = () => {
    this.#isEnded = true;
    if (this.#missing > 0) {
      this.#socket.destroy();
    } else if (this.#exchange === undefined || this.#poll) {
      this.#exchange?.abandon();
      this.#socket.end();
    }
  };

  readonly #onClose = () => {
    if (this.#missing > 0) this.#exchange?.cut();
    else this.#exchange?.abandon();
  };
}
