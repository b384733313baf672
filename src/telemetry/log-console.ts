import type { Writable } from 'node:stream';
import { Gathered } from './gathered';
import type { LogSink } from './journal';
import type { LogLine } from './log-line';

/** Writes log lines for people who watch: `hello | START RequestId: …`, every further line of a record indented. */
export function consoleSink(output: Writable): LogSink {
  const gathered = new Gathered<LogLine>((lines) => output.write(lines.map(rendered).join('')));
  return (line) => gathered.add(line);
}

function rendered({ functionName, text }: LogLine): string {
  return `${functionName} | ${text.replaceAll('\n', '\n    ')}\n`;
}

/** A line per step of something long; the same step told again, only further, is not repeated. */
export function progressSink(output: Writable): (about: string, step: string, fraction?: number) => void {
  const told = new Map<string, string>();
  return (about, step) => {
    if (told.get(about) === step) return;
    told.set(about, step);
    output.write(`${about} | ${step}\n`);
  };
}
