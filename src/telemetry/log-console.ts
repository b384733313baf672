import type { Writable } from 'node:stream';
import { Batcher } from './batcher';
import type { LogSink } from './journal';
import type { LogLine } from './log-line';

/** Writes log lines for people who watch: `hello | START RequestId: …`, every further line of a record indented. */
export function consoleSink(output: Writable): LogSink {
  const batcher = new Batcher<LogLine>((lines) => output.write(lines.map(rendered).join('')));
  return (line) => batcher.add(line);
}

function rendered({ functionName, text }: LogLine): string {
  return `${functionName} | ${text.replaceAll('\n', '\n    ')}\n`;
}

/** A line per step of something long; the same step told again, only further, is not repeated. */
export function progressSink(output: Writable): (about: string, step: string, fraction?: number) => void {
  const latest = new Map<string, string>();
  return (about, step) => {
    if (latest.get(about) === step) return;
    latest.set(about, step);
    output.write(`${about} | ${step}\n`);
  };
}
