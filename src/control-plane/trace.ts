import { randomFillSync } from 'node:crypto';

/**
 * The X-Ray trace header of an invocation: the caller's, completed with what is missing.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function traceId(header: string | undefined, nowMs: number): string {
  const fields = header === undefined ? nothing : fieldsOf(header);
  const seconds = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0');
  const root = fields.get('Root') ?? `1-${seconds}-${randomHex(12)}`;
  const parent = fields.get('Parent') ?? randomHex(8);
  const sampled = fields.get('Sampled') ?? '0';
  const lineage = fields.get('Lineage');
  return `Root=${root};Parent=${parent};Sampled=${sampled}${lineage === undefined ? '' : `;Lineage=${lineage}`}`;
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

/** Random bytes in stock, as `randomUUID` has them: asking for a few each time takes longer than all else here. */
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
