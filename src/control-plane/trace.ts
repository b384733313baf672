import { randomFillSync } from 'node:crypto';
import { lineageOf } from '../execution/lineage';
import type { FunctionVersion } from '../functions/function-version';

/** The trace of one invocation. */
export interface Traced {
  /** `X-Amzn-Trace-Id` as the function gets it. */
  readonly traceId: string;
  /** Span of the caller that made the invocation, 16 hex digits; absent where the caller named none. */
  readonly callerSpan?: string;
}

/** Percentage of a function's traces that are sampled, beyond the first in each second. */
const sampledPercent = 5;

/** Makes trace headers, and decides which traces of functions with active tracing are sampled. */
export class Traces {
  /** The last second in which a trace of a function was sampled. */
  readonly #sampled = new Map<string, number>();

  constructor(
    private readonly nowMs: () => number,
    /** A number from 0 to 1. */
    private readonly random: () => number = Math.random,
  ) {}

  /**
   * The header of an invocation: the caller's, completed with what is missing.
   * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
   */
  begin(header: string | undefined, { functionArn, tracing }: FunctionVersion): Traced {
    const nowMs = this.nowMs();
    const fields = header === undefined ? nothing : fieldsOf(header);
    const seconds = Math.floor(nowMs / 1000);
    const root = fields.get('Root') ?? `1-${seconds.toString(16).padStart(8, '0')}-${randomHex(12)}`;
    const callerSpan = fields.get('Parent');
    const decided = fields.get('Sampled');
    const isDecided = decided === '0' || decided === '1';
    const isActive = tracing === 'Active';
    const sampled = isDecided ? decided : isActive && this.#isSampled(functionArn, seconds) ? '1' : '0';
    // With active tracing the function's own segment is what it makes others below; else the caller's is.
    const parent = (isActive && sampled === '1' ? undefined : callerSpan) ?? randomHex(8);
    const lineage = lineageOf(fields.get('Lineage'), functionArn);
    const traceId = `Root=${root};Parent=${parent};Sampled=${sampled};Lineage=${lineage}`;
    return callerSpan === undefined ? { traceId } : { traceId, callerSpan };
  }

  /**
   * The first request of each second, and 5 % of the others.
   * https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
   */
  #isSampled(functionArn: string, second: number): boolean {
    if (this.#sampled.get(functionArn) === second) return this.random() * 100 < sampledPercent;
    this.#sampled.set(functionArn, second);
    return true;
  }
}

/** The part of a completed trace header that the response has: its root and whether it is sampled. */
export function answeredTrace(complete: string): string {
  const parent = complete.indexOf(';Parent=');
  const sampled = complete.indexOf(';Sampled=');
  const lineage = complete.indexOf(';Lineage=', sampled);
  return complete.slice(0, parent) + complete.slice(sampled, lineage < 0 ? undefined : lineage);
}

const nothing: ReadonlyMap<string, string> = new Map();

function fieldsOf(header: string): ReadonlyMap<string, string> {
  return new Map(
    header
      .split(';')
      .map((field) => field.trim().split('=', 2))
      .filter((pair): pair is [string, string] => pair.length === 2 && pair[0] !== '' && pair[1] !== ''),
  );
}

/** Buffered random bytes, as in `randomUUID`: a system call for each trace would take longer than the rest. */
const stock = Buffer.alloc(4_096);
let used = stock.length;

function randomHex(bytes: number): string {
  if (used + bytes > stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  used += bytes;
  return stock.toString('hex', used - bytes, used);
}
