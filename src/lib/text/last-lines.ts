/** Keeps the end of a long output, for error messages. */
export class LastLines {
  readonly #lines: string[] = [];

  push(line: string): void {
    const text = line.trimEnd();
    if (text === '') return;
    this.#lines.push(text);
    if (this.#lines.length > 20) this.#lines.shift();
  }

  /** The lines, indented, after a line break; empty without lines. */
  toString(): string {
    return this.#lines.map((line) => `\n  ${line}`).join('');
  }
}
