import { StringDecoder } from 'node:string_decoder';

/** The text of one or more events: see `LogBatch`. */
export interface EventTexts {
  readonly text: string;
  readonly events: number;
}

const lineBreak = 10;

/**
 * Splits a stream of bytes at its last line break and passes the whole lines before it on together. Invalid UTF-8
 * becomes U+FFFD. A line longer than `maxLength` is split there, which limits memory.
 */
export class LineBatches {
  readonly #decoder = new StringDecoder('utf8');
  readonly #maxLength: number;
  #rest = '';

  constructor(maxLength = 262_144) {
    this.#maxLength = maxLength;
  }

  push(bytes: Buffer): readonly EventTexts[] {
    const text = this.#rest + this.#decoder.write(bytes);
    const end = text.lastIndexOf('\n');
    this.#rest = end < 0 ? text : text.slice(end + 1);
    const batches: EventTexts[] = end < 0 ? [] : [linesOf(text.slice(0, end))];
    while (this.#rest.length > this.#maxLength) {
      batches.push({ text: this.#rest.slice(0, this.#maxLength), events: 1 });
      this.#rest = this.#rest.slice(this.#maxLength);
    }
    return batches;
  }

  /** The unfinished last line, if any. */
  flush(): readonly EventTexts[] {
    const last = this.#rest + this.#decoder.end();
    this.#rest = '';
    return last === '' ? [] : [{ text: last, events: 1 }];
  }
}

function linesOf(written: string): EventTexts {
  const text = written.includes('\r') ? written.replace(/\r(?=\n|$)/g, '') : written;
  let events = 1;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) === lineBreak) events += 1;
  return { text, events };
}

/** Joins consecutive records that have one line each. */
export function joinedRecords(records: readonly string[]): readonly EventTexts[] {
  const batches: EventTexts[] = [];
  let single: string[] = [];
  const close = () => {
    if (single.length > 0) batches.push({ text: single.join('\n'), events: single.length });
    single = [];
  };
  for (const record of records) {
    if (!record.includes('\n')) {
      single.push(record);
      continue;
    }
    close();
    batches.push({ text: record, events: 1 });
  }
  close();
  return batches;
}
