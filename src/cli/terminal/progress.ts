import type { Clock } from '../../lib/clock';
import type { ReportProgress } from '../../lib/progress';
import { visible } from '../../lib/text/terminal-text';

/** Output of progress: standard error, or a stand-in. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const barWidth = 24;

/**
 * Shows progress: on a terminal one line per task, redrawn with a bar; in a file or a pipe a line per step.
 */
export class Progress {
  readonly #output: ProgressOutput;
  readonly #clock: Clock;

  constructor(output: ProgressOutput, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
  }

  /** Runs a task under a title. `outcome` describes the result. */
  async task<T>(
    title: string,
    work: (report: ReportProgress) => Promise<T>,
    outcome?: (value: T) => string,
  ): Promise<T> {
    const startedMs = this.#clock.elapsed();
    const seconds = () => ((this.#clock.elapsed() - startedMs) / 1_000).toFixed(1);
    let last: string | undefined;
    const report: ReportProgress = (step, fraction) => {
      const line = visible(step.replace(/\s+/g, ' ').trim());
      if (this.#output.isTTY) this.#redraw(`${bar(fraction)}${title}: ${line}`);
      else if (line !== last) this.#output.write(`${title}: ${line}\n`);
      last = line;
    };
    if (this.#output.isTTY) this.#redraw(`${bar(undefined)}${title}`);
    try {
      const value = await work(report);
      this.#end(`${title}: ${outcome?.(value) ?? 'done'} (${seconds()} s)`);
      return value;
    } catch (error) {
      this.#end(`${title}: failed (${seconds()} s)`);
      throw error;
    }
  }

  #redraw(text: string): void {
    // One column stays free: a full line wraps on some terminals and could not be redrawn.
    this.#output.write(`\r\x1b[K${text.slice(0, (this.#output.columns ?? 80) - 1)}`);
  }

  #end(text: string): void {
    this.#output.write(this.#output.isTTY ? `\r\x1b[K${text}\n` : `${text}\n`);
  }
}

function bar(fraction: number | undefined): string {
  if (fraction === undefined) return '';
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * barWidth);
  return `[${'#'.repeat(full)}${' '.repeat(barWidth - full)}] `;
}
