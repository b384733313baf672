/** A text for a strict YAML parser, with its differences from the original. */
export interface RelaxedText {
  readonly text: string;
  /** Number of blanks added in front of a line, by line number from 1. */
  readonly indents: ReadonlyMap<number, number>;
}

/**
 * YAML 1.2 requires lines within brackets and quotes to be indented more than their key, a blank before `#`, and
 * quotes around a single dash in brackets. PyYAML and CloudFormation do not. This function adds them and changes
 * nothing else: lines keep their numbers.
 */
export function relaxedText(written: string): RelaxedText {
  return new Relaxer(written.replaceAll(/\r(?!\n)/g, '\n')).result();
}

const blank = /[ \t\r]/;
const blockHeader = /[|>][-+\d]{0,2}[ \t]*(?:#[^\n]*)?\r?(?:\n|$)/y;

class Relaxer {
  readonly #insertions: { readonly at: number; readonly text: string }[] = [];
  readonly #indents = new Map<number, number>();
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(private readonly text: string) {}

  result(): RelaxedText {
    while (this.#at < this.text.length) this.#blockLine();
    const parts: string[] = [];
    let from = 0;
    for (const { at, text } of this.#insertions) {
      parts.push(this.text.slice(from, at), text);
      from = at;
    }
    return { text: parts.join('') + this.text.slice(from), indents: this.#indents };
  }

  get #column(): number {
    return this.#at - this.#lineStart;
  }

  get #sign(): string {
    return this.text[this.#at] ?? '';
  }

  /** Reads a line outside of brackets, or its rest after brackets. */
  #blockLine(): void {
    // Column of the innermost key or dash of the line: a block scalar is indented more.
    let parent = -1;
    while (this.#sign !== '\n' && this.#sign !== '') {
      const column = this.#column;
      if (blank.test(this.#sign)) this.#at += 1;
      else if (this.#sign === '#') this.#comment();
      else if (/[-?:]/.test(this.#sign) && this.#isBlankAt(this.#at + 1)) {
        if (this.#sign !== ':') parent = column;
        this.#at += 1;
      } else if (/[!&]/.test(this.#sign)) this.#word();
      else if (/["']/.test(this.#sign)) {
        this.#quoted(column);
        if (this.#sign === ':') parent = column;
      } else if (/[[{]/.test(this.#sign)) this.#flow(column);
      else if (this.#isBlockScalar()) {
        this.#blockScalar(parent);
        return;
      } else if (this.#plain()) parent = column;
    }
    this.#newLine();
  }

  /** Reads text without quotes. Returns whether it is a key. */
  #plain(): boolean {
    for (; this.#sign !== '\n' && this.#sign !== ''; this.#at += 1) {
      if (this.#sign === ':' && this.#isBlankAt(this.#at + 1)) return true;
      if (this.#sign === '#' && this.#isBlankAt(this.#at - 1)) return false;
    }
    return false;
  }

  #flow(indent: number): void {
    let depth = 0;
    let begins = true;
    do {
      const sign = this.#sign;
      if (sign === '\n') this.#newLine(indent);
      else if (sign === '#' && (begins || this.#isBlankAt(this.#at - 1))) this.#comment();
      else if (begins && /["']/.test(sign)) this.#quoted(indent);
      else if (begins && /[!&]/.test(sign)) this.#word();
      else if (begins && sign === '-' && /[,\]}]/.test(this.text[this.#at + 1] ?? '')) {
        this.#insertions.push({ at: this.#at, text: '"' }, { at: this.#at + 1, text: '"' });
        this.#at += 1;
        begins = false;
      } else {
        if (/[[{]/.test(sign)) depth += 1;
        if (/[\]}]/.test(sign)) depth -= 1;
        begins =
          /[[\]{},]/.test(sign) ||
          (sign === ':' && this.#isBlankAt(this.#at + 1)) ||
          (begins && blank.test(sign));
        this.#at += 1;
      }
    } while (depth > 0 && this.#at < this.text.length);
  }

  #quoted(indent: number): void {
    const quote = this.#sign;
    this.#at += 1;
    for (; this.#at < this.text.length; this.#at += 1) {
      while (this.#sign === '\n') this.#newLine(indent);
      if (quote === '"' && this.#sign === '\\' && this.text[this.#at + 1] !== '\n') this.#at += 1;
      else if (this.#sign === quote) {
        this.#at += 1;
        if (quote === '"' || this.#sign !== quote) return;
      }
    }
  }

  #isBlockScalar(): boolean {
    blockHeader.lastIndex = this.#at;
    return blockHeader.test(this.text);
  }

  #blockScalar(parent: number): void {
    this.#toLineEnd();
    this.#newLine();
    for (;;) {
      const [indentation = ''] = /^ */.exec(this.text.slice(this.#at, this.#at + 1_000)) ?? [];
      const isEmpty = /^[ \t\r]*(\n|$)/.test(this.#restOfLine());
      if (this.#at >= this.text.length || (!isEmpty && indentation.length <= parent)) return;
      this.#toLineEnd();
      this.#newLine();
    }
  }

  #comment(): void {
    if (this.#column > 0 && !this.#isBlankAt(this.#at - 1))
      this.#insertions.push({ at: this.#at, text: ' ' });
    this.#toLineEnd();
  }

  /** Skips a tag or an anchor. */
  #word(): void {
    while (!this.#isBlankAt(this.#at) && !/[,\]}]/.test(this.#sign)) this.#at += 1;
  }

  #restOfLine(): string {
    const end = this.text.indexOf('\n', this.#at);
    return this.text.slice(this.#at, end < 0 ? undefined : end + 1);
  }

  #toLineEnd(): void {
    const end = this.text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.text.length : end;
  }

  #newLine(indent = 0): void {
    if (this.#at >= this.text.length) return;
    this.#at += 1;
    this.#line += 1;
    this.#lineStart = this.#at;
    if (indent === 0 || /^[ \t\r]*(\n|$)/.test(this.#restOfLine())) return;
    this.#insertions.push({ at: this.#at, text: ' '.repeat(indent) });
    this.#indents.set(this.#line, indent);
  }

  #isBlankAt(at: number): boolean {
    const sign = this.text[at];
    return sign === undefined || sign === '\n' || blank.test(sign);
  }
}
