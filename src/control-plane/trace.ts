import { randomUUID } from 'node:crypto';

/**
 * The X-Ray trace header of an invocation: the caller's, completed with what is missing.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function traceId(header: string | undefined, nowMs: number): string {
  const fields = header === undefined ? nothing : fieldsOf(header);
  const seconds = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0');
  const root = fields.get('Root') ?? `1-${seconds}-${hexDigits(24)}`;
  const parent = fields.get('Parent') ?? hexDigits(16);
  const sampled = fields.get('Sampled') ?? '0';
  const lineage = fields.get('Lineage');
  return `Root=${root};Parent=${parent};Sampled=${sampled}${lineage === undefined ? '' : `;Lineage=${lineage}`}`;
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

/**
 * 24 digits, or the first 16 of them. Of UUIDs, which Node takes from a stock of random bytes, without the digits that
 * are not random; `randomBytes` would ask for its own each time.
 */
function hexDigits(count: 16 | 24): string {
  const uuid = randomUUID();
  const digits = `${uuid.slice(24)}${uuid.slice(0, 8)}${uuid.slice(9, 13)}`;
  return count === 24 ? digits : digits.slice(0, count);
}
