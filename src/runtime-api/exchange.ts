import type { Body } from '../lib/http-body';

/** A response of the Runtime API, independent of how it is sent. */
export interface Answer {
  readonly status: number;
  /** Names as Lambda writes them. Values have characters up to U+00FF, each of which is one byte on the wire. */
  readonly headers: Readonly<Record<string, string | number>>;
  /** A string is ASCII. */
  readonly body: Buffer | string;
}

/** Takes a body piece by piece. */
export interface BodyReader {
  /** If this returns false, no more chunks follow until `resume` is called. */
  chunk(bytes: Buffer, resume: () => void): boolean;
  /** The last call. `isWhole` is false if the sender disconnected before the end. */
  end(isWhole: boolean): void;
}

/**
 * A runtime's request, whose head has been received and whose body may follow, and its one response. `HttpExchange`
 * uses node:http; `FastExchange` is for runtimes' frequent requests.
 */
export interface Exchange {
  /** The client does not wait for the answer any more. */
  readonly gone: boolean;
  /** @param name in lower case */
  header(name: string): string | undefined;
  /** Only known once the body was received. @param name in lower case */
  trailer(name: string): string | undefined;
  /** Calls back once, at the end of the body. If this was not called before `answer`, the body is dropped. */
  receive(done: (body: Body) => void): void;
  /** Like `receive`, chunk by chunk. Absent if the request has no streamed body. */
  stream?(reader: BodyReader): void;
  /** Call it once. It has no effect if the client has disconnected. */
  answer(answer: Answer): void;
}
