/** Receives a response while the runtime sends it, for callers that want a stream. */
export interface ResponseSink {
  /** Called once, before the first bytes. */
  begin(contentType: string): void;
  /** Returns false if it takes no more bytes until it drains. */
  write(chunk: Buffer): boolean;
  /** Calls back once, when it takes more bytes or the reader has disconnected. */
  onDrain(callback: () => void): void;
}
