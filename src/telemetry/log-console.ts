import type { Writable } from 'node:stream';
import type { Clock } from '../lib/clock';
import { type Palette, paletteFor } from '../lib/color';
import { indented } from '../lib/text/terminal-text';
import { Batcher } from './batcher';
import type { LogSink } from './journal';
import { eventsOf, type LogBatch } from './log-line';
import { ownLogName } from './notices';

/** Lines that a function may print at once, and per second after that. People cannot read more. */
const linesAtOnce = 10_000;
const linesPerSecond = 2_000;

/** A longer line counts as several lines. */
const lineLength = 200;

/** Longer batches are written immediately, so that the turn that produced them also pays for the write. */
const heavyLength = 65_536;

interface Allowance {
  lines: number;
  atMs: number;
  leftOut: number;
}

/** Console output. On a terminal, lines have colour and a time. */
export class Console {
  readonly #palette: Palette;
  readonly #isTerminal: boolean;

  constructor(
    private readonly output: Writable & { readonly isTTY?: boolean },
    color: 'auto' | 'never',
    private readonly clock: Clock,
  ) {
    this.#palette = paletteFor(output, color);
    this.#isTerminal = output.isTTY === true;
  }

  /** Prints one line immediately. */
  print(name: string, text: string): void {
    this.output.write(this.#line(this.clock.now(), name, text));
  }

  /**
   * Writes log lines: `hello | START RequestId: …`. Indents further lines of a record. Drops lines beyond a readable
   * rate and prints their number with the next line.
   * @param whereAll completes "… lines left out; all are in"
   */
  sink(whereAll: (functionName: string) => string): LogSink {
    const allowances = new Map<string, Allowance>();
    const batcher = new Batcher(this.clock, (text) => this.output.write(text), heavyLength);

    const limited = (batch: LogBatch): string => {
      const { timeMs, functionName, events = 1, text } = batch;
      const allowance = allowanceOf(functionName);
      if (Math.max(events, text.length / lineLength) > allowance.lines) {
        allowance.leftOut += events;
        return '';
      }
      allowance.lines -= Math.max(events, text.length / lineLength);
      const { leftOut } = allowance;
      allowance.leftOut = 0;
      if (events === 1 && leftOut === 0) return this.#line(timeMs, functionName, text);
      const note = `… ${leftOut} lines left out; all are in ${whereAll(functionName)}`;
      const rendered = eventsOf(batch).map((each) => this.#line(each.timeMs, functionName, each.text));
      return `${leftOut > 0 ? this.#line(timeMs, functionName, note) : ''}${rendered.join('')}`;
    };

    const allowanceOf = (functionName: string): Allowance => {
      const now = this.clock.elapsed();
      const allowance = allowances.get(functionName) ?? { lines: linesAtOnce, atMs: now, leftOut: 0 };
      const earned = ((now - allowance.atMs) / 1_000) * linesPerSecond;
      allowance.lines = Math.min(linesAtOnce, allowance.lines + earned);
      allowance.atMs = now;
      allowances.set(functionName, allowance);
      return allowance;
    };

    return (batch) => {
      // Notices are printed directly.
      if (batch.logStream === ownLogName) return;
      // Renders each batch on arrival. Rendering many at once would delay the running invocation.
      const rendered = limited(batch);
      if (rendered !== '') batcher.add(rendered);
    };
  }

  /** Prints a line per step of a long task. A repeated step with a new fraction is not printed again. */
  progress(): (about: string, step: string, fraction?: number) => void {
    const latest = new Map<string, string>();
    return (about, step) => {
      if (latest.get(about) === step) return;
      latest.set(about, step);
      this.print(about, step);
    };
  }

  #line(timeMs: number, name: string, text: string): string {
    const shown = indented(text, '    ');
    if (!this.#isTerminal) return `${name} | ${shown}\n`;
    const { dim, named, bold } = this.#palette;
    const time = new Date(timeMs).toISOString().slice(11, 23);
    const color = name === ownLogName ? bold : named(name);
    return `${dim(time)} ${color(`${name} |`)} ${shown}\n`;
  }
}
