import { createHash } from 'node:crypto';
import { limits } from '../aws/limits';

/**
 * The functions in a chain of invocations: the field `Lineage` of the trace header, which SDKs pass on. It is
 * `1:HASH:COUNT`, with `|` between functions. Lambda does not document the field.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
const entry = /^1:([0-9a-f]{8}):(\d{1,5})$/;

/** Functions write the header; this limits its length. */
const entriesMost = 16;

const hashes = new Map<string, string>();

/** Cached: few functions are invoked, each of them often. */
function hashOf(functionArn: string): string {
  let hash = hashes.get(functionArn);
  if (hash === undefined) {
    if (hashes.size >= 10_000) hashes.clear();
    hash = createHash('sha256').update(functionArn).digest('hex').slice(0, 8);
    hashes.set(functionArn, hash);
  }
  return hash;
}

/** Adds a function to the lineage `before` of its caller. The count is how often the function was invoked before. */
export function lineageOf(before: string | undefined, functionArn: string): string {
  const hash = hashOf(functionArn);
  if (before === undefined) return `1:${hash}:0`;
  const others: string[] = [];
  let count = 0;
  for (const each of before.split('|')) {
    const [, of, times] = entry.exec(each) ?? [];
    if (of === hash) count = Math.max(count, Number(times) + 1);
    else if (each !== '') others.push(each);
  }
  return [...others.slice(1 - entriesMost), `1:${hash}:${count}`].join('|');
}

/** Whether the chain has invoked the function so often that Lambda stops it. */
export function isLoop(traceId: string, functionArn: string): boolean {
  const at = traceId.indexOf(`1:${hashOf(functionArn)}:`, traceId.indexOf(';Lineage='));
  if (at < 0) return false;
  return Number.parseInt(traceId.slice(at + '1:01234567:'.length), 10) >= limits.loopInvocations;
}
