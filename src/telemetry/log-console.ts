import type { Writable } from 'node:stream';
import { systemClock } from '../lib/clock';
import { indented, visible } from '../lib/terminal-text';
import { Batcher } from './batcher';
import type { LogSink } from './journal';
import { eventsOf, type LogBatch } from './log-line';

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

/**
 * Writes log lines for people who watch: `hello | START RequestId: …`, every further line of a record indented. What a
 * function prints beyond any reader's speed is left out, and the next line says how many lines that were.
 * @param whereAll completes "… lines left out; all are in"
 */
export function consoleSink(
  output: Writable,
  whereAll: (functionName: string) => string,
  elapsed = systemClock.elapsed,
): LogSink {
  const allowances = new Map<string, Allowance>();
  const batcher = new Batcher<LogBatch>(
    (batches) => output.write(batches.map((batch) => limited(batch)).join('')),
    heavyLength,
  );

  function limited(batch: LogBatch): string {
    const { functionName, events = 1, text } = batch;
    const allowance = allowanceOf(functionName);
    if (Math.max(events, text.length / lineLength) > allowance.lines) {
      allowance.leftOut += events;
      return '';
    }
    allowance.lines -= Math.max(events, text.length / lineLength);
    const { leftOut } = allowance;
    allowance.leftOut = 0;
    const note = `… ${leftOut} lines left out; all are in ${whereAll(functionName)}`;
    return `${leftOut > 0 ? `${functionName} | ${note}\n` : ''}${rendered(batch)}`;
  }

  function allowanceOf(functionName: string): Allowance {
    const now = elapsed();
    const allowance = allowances.get(functionName) ?? { lines: linesAtOnce, atMs: now, leftOut: 0 };
    const earned = ((now - allowance.atMs) / 1_000) * linesPerSecond;
    allowance.lines = Math.min(linesAtOnce, allowance.lines + earned);
    allowance.atMs = now;
    allowances.set(functionName, allowance);
    return allowance;
  }

  return (batch) => batcher.add(batch, batch.text.length);
}

function rendered(batch: LogBatch): string {
  return eventsOf(batch)
    .map(({ functionName, text }) => `${functionName} | ${indented(text, '    ')}\n`)
    .join('');
}

/** A line per step of something long; a step that is reported again, only further, is not repeated. */
export function progressSink(output: Writable): (about: string, step: string, fraction?: number) => void {
  const latest = new Map<string, string>();
  return (about, step) => {
    if (latest.get(about) === step) return;
    latest.set(about, step);
    output.write(`${about} | ${visible(step)}\n`);
  };
}
