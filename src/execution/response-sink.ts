/** Where a response goes while the runtime still sends it, for callers that want it as a stream. */
export interface ResponseSink {
  /** Called once, before the first bytes. */
  begin(contentType: string): void;
  /** Returns false where it can take no more until it drains. */
  write(chunk: Buffer): boolean;
  /** Calls back once, when it can take more; also when the reader has gone. */
  onDrain(callback: () => void): void;
}
