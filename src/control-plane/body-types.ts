import { LambdaError } from '../aws/errors';
import { type Members, plainMembers, type Shape } from '../aws/shape';

/**
 * Reads a value of a JSON body as its shape wants it: Base64 becomes bytes, `null` counts as absent, members that
 * the shape does not have are left out. Throws `SerializationException` for another type; the service does so
 * before it looks at any constraint.
 */
export function typed(shape: Shape, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  switch (shape.kind) {
    case 'text':
      return typeof value === 'string' ? value : refuse(value, 'a String');
    case 'number':
      return typedNumber(value, shape.whole);
    case 'time':
      return typeof value === 'number' ? value : refuse(value, 'a Timestamp');
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse(value, 'a Boolean');
    case 'bytes':
      return typeof value === 'string' ? fromBase64(value) : refuse(value, 'a Blob');
    case 'list':
      if (!Array.isArray(value)) return refuseShape(value, 'list');
      return value.map((each) => typed(shape.member as Shape, each) ?? null);
    case 'map':
      return Object.fromEntries(
        Object.entries(asObject(value)).map(([key, each]) => [
          key,
          typed(shape.value as Shape, each) ?? null,
        ]),
      );
    case 'structure':
      return typedMembers(shape.members, asObject(value));
  }
}

/** The members that a structure has. */
export function typedMembers(
  members: Members,
  value: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, { shape, at, wireName }] of plainMembers(members)) {
    const given = at === 'body' ? typed(shape, value[wireName]) : undefined;
    if (given !== undefined) read[name] = given;
  }
  return read;
}

function typedNumber(value: unknown, whole: boolean): number {
  if (typeof value !== 'number') return refuse(value, whole ? 'an Integer' : 'a Double');
  if (whole && !Number.isInteger(value)) {
    throw new LambdaError('SerializationException', 'DECIMAL_VALUE can not be converted to an Integer');
  }
  return value;
}

const base64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

function fromBase64(text: string): Buffer {
  if (base64.test(text)) return Buffer.from(text, 'base64');
  throw new LambdaError('SerializationException', 'The Base64 of a blob is not valid.');
}

/** Recorded for a text in place of a whole number; the others follow its form. */
function refuse(value: unknown, wanted: string): never {
  if (Array.isArray(value)) {
    throw new LambdaError('SerializationException', 'Start of list found where not expected');
  }
  if (typeof value === 'object') {
    throw new LambdaError('SerializationException', 'Start of structure or map found where not expected.');
  }
  const kind =
    typeof value === 'string' ? 'STRING' : typeof value === 'number' ? 'NUMBER' : value ? 'TRUE' : 'FALSE';
  throw new LambdaError('SerializationException', `${kind}_VALUE can not be converted to ${wanted}`);
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  return refuseShape(value, 'structure');
}

/** The texts are a guess after those of other AWS services. */
function refuseShape(value: unknown, wanted: 'list' | 'structure'): never {
  if (wanted === 'structure' && Array.isArray(value)) {
    throw new LambdaError('SerializationException', 'Start of list found where not expected');
  }
  if (wanted === 'list' && typeof value === 'object') {
    throw new LambdaError('SerializationException', 'Start of structure or map found where not expected.');
  }
  throw new LambdaError(
    'SerializationException',
    wanted === 'list' ? 'Expected list or null' : 'Unexpected field type',
  );
}
