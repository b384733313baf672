import type { Body } from '../lib/http-body';

/** An answer of the Runtime API; nothing of it says how it is brought to the runtime. */
export interface Answer {
  readonly status: number;
  /** Names as Lambda writes them. Values have characters up to U+00FF, each of which is one byte on the wire. */
  readonly headers: Readonly<Record<string, string | number>>;
  /** A string is ASCII. */
  readonly body: Buffer | string;
}

/** Takes a body piece by piece. */
export interface BodyReader {
  /** `resume` must be called where this returns false; until then nothing more comes. */
  chunk(bytes: Buffer, resume: () => void): boolean;
  /** The last call. `isWhole` is false where the sender went away before the end. */
  end(isWhole: boolean): void;
}

/**
 * A runtime's request, of which the head is there and the body may still come, and the way back for its one answer.
 * Who reads the bytes is open: `HttpExchange` is node:http's, `FastExchange` is for what runtimes ask all the time.
 */
export interface Exchange {
  /** The client does not wait for the answer any more. */
  readonly gone: boolean;
  /** @param name in lower case */
  header(name: string): string | undefined;
  /** Only known once the body was received. @param name in lower case */
  trailer(name: string): string | undefined;
  /** Calls back once, at the body's end. A body that was not asked for before the answer is dropped. */
  receive(done: (body: Body) => void): void;
  /** As `receive`, piece by piece. Absent where a request has no streaming body. */
  stream?(reader: BodyReader): void;
  /** Once; without effect where the exchange is gone. */
  answer(answer: Answer): void;
}
