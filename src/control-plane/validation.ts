import { type Input, inputs, type OperationName } from '../aws/constraints';
import { LambdaError } from '../aws/errors';
import { type Members, type PlainMember, plainMembers, type Shape } from '../aws/shape';
import { asObject, typedMembers } from './body-types';
import { brokenConstraints } from './violations';

/** A request's parts, as the members of an input find themselves in them. */
export interface RawInput {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
}

/**
 * Gathers the input of an operation from a request and holds it against the model. Throws
 * `SerializationException` for wrong types, then `ValidationException` with every broken constraint in one
 * sentence.
 */
export function validated<Name extends OperationName>(operation: Name, raw: RawInput): Input<Name> {
  const members = gather(inputs[operation], raw);
  checkConstraints(operation, members);
  return members as Input<Name>;
}

/** @throws {LambdaError} `ValidationException` where the input breaks a constraint of the model */
export function checkConstraints(operation: OperationName, input: Readonly<Record<string, unknown>>): void {
  const broken = brokenConstraints(inputs[operation], input);
  if (broken.length === 0) return;
  const found = `${broken.length} validation error${broken.length === 1 ? '' : 's'} detected`;
  throw new LambdaError('ValidationException', `${found}: ${broken.join('; ')}`);
}

function gather(members: Members, raw: RawInput): Record<string, unknown> {
  const all = plainMembers(members);
  const hasBody = all.some(([, { at }]) => at === 'body');
  const found: Record<string, unknown> = hasBody ? typedMembers(members, parsed(raw.body)) : {};
  for (const [name, member] of all) {
    const value = member.at === 'body' ? undefined : read(member, raw);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** An empty body is an object without members. */
function parsed(body: Buffer): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    // Not AWS's text, which is known only for Invoke.
    throw new LambdaError(
      'SerializationException',
      `Could not parse request body into json: ${cause instanceof Error ? cause.message : String(cause)}`,
      {},
      { cause },
    );
  }
  return value === null ? {} : asObject(value);
}

function read({ at, shape, wireName }: PlainMember, raw: RawInput): unknown {
  switch (at) {
    case 'path':
      return fromText(shape, raw.path[wireName]);
    case 'query':
      if (shape.kind === 'list') return listed(raw.query.getAll(wireName));
      return fromText(shape, raw.query.get(wireName) ?? undefined);
    case 'header':
      return fromText(shape, raw.header(wireName));
    default:
      return raw.body.length > 0 ? raw.body : undefined;
  }
}

const listed = (values: readonly string[]) => (values.length > 0 ? values : undefined);

function fromText(shape: Shape, text: string | undefined): string | number | undefined {
  if (text === undefined || shape.kind !== 'number') return text;
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
  throw new LambdaError('SerializationException', 'STRING_VALUE can not be converted to an Integer');
}
