import { StringDecoder } from 'node:string_decoder';

/**
 * Splits a stream of bytes into lines. A line ends at `\n`. Bytes of a character that is split between two chunks are
 * kept for the next chunk. A line longer than `maxBytes` is split there, which limits memory.
 */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #maxLength: number;
  #rest = '';

  constructor(maxLength = 262_144) {
    this.#maxLength = maxLength;
  }

  push(bytes: Buffer): string[] {
    const parts = (this.#rest + this.#decoder.write(bytes)).split('\n');
    this.#rest = parts.pop() ?? '';
    const lines = parts.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
    while (this.#rest.length > this.#maxLength) {
      lines.push(this.#rest.slice(0, this.#maxLength));
      this.#rest = this.#rest.slice(this.#maxLength);
    }
    return lines;
  }

  /** The unfinished last line, if there is one; the splitter is empty afterwards. */
  flush(): string[] {
    const last = this.#rest + this.#decoder.end();
    this.#rest = '';
    return last === '' ? [] : [last];
  }
}
