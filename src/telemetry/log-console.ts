import type { Writable } from 'node:stream';
import type { Clock } from '../lib/clock';
import { type Palette, paletteFor } from '../lib/color';
import { indented } from '../lib/text/terminal-text';
import { Batcher } from './batcher';
import type { LogSink } from './journal';
import { eventsOf, type LogBatch } from './log-line';
import { ownLogName } from './notices';

/** A function may print so many lines at once, and then so many a second; more than that is not for people to read. */
const linesAtOnce = 10_000;
const linesPerSecond = 2_000;

/** Lines count by their length too. */
const lineLength = 200;

/** Written without waiting for more, so that its cost is the turn's in which it came. */
const heavyLength = 65_536;

interface Allowance {
  lines: number;
  atMs: number;
  leftOut: number;
}

/** Console output; on a terminal with time and colour. */
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

  /** Prints one line at once. */
  print(name: string, text: string): void {
    this.output.write(this.#line(this.clock.now(), name, text));
  }

  /**
   * Writes log lines: `hello | START RequestId: …`; further lines of a record are indented. Lines beyond a readable
   * rate are dropped, and the next line has their number.
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
      // lambdock's own lines are printed at once.
      if (batch.logStream === ownLogName) return;
      // Rendered as they come: many in one go would delay the invocation that is under way then.
      const rendered = limited(batch);
      if (rendered !== '') batcher.add(rendered);
    };
  }

  /** A line per step of something long; a step that is reported again, only further, is not repeated. */
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
