import { isUtf8 } from 'node:buffer';
import { LambdaError } from '../aws/errors';

const emptyEvent = Buffer.from('{}');

/**
 * The event of an invocation: the request's body, or `{}` without one. Throws `InvalidRequestContentException` if it is
 * not JSON, with the texts of the service's parser as far as they have been recorded.
 */
export function checkedEvent(body: Buffer): Buffer {
  if (body.length === 0) return emptyEvent;
  if (!isUtf8(body)) throw notJson(invalidUtf8(body));
  const text = body.toString('utf8');
  try {
    JSON.parse(text);
  } catch (error) {
    throw notJson(describe(text, error));
  }
  return body;
}

interface Flaw {
  readonly what: string;
  readonly line: number;
  readonly column: number;
}

function notJson({ what, line, column }: Flaw): LambdaError {
  return new LambdaError(
    'InvalidRequestContentException',
    `Could not parse request body into json: Could not parse payload into json: ${what}\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: ${line}, column: ${column}]`,
  );
}

/** The first byte that cannot begin or continue a character. */
function invalidUtf8(body: Buffer): Flaw {
  let low = 0;
  let high = body.length;
  const decodes = (length: number) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(body.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (decodes(middle)) low = middle;
    else high = middle;
  }
  const byte = (body[low] ?? 0).toString(16);
  const before = body.subarray(0, low).toString('latin1').split('\n');
  return {
    what: `Invalid UTF-8 start byte 0x${byte}`,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 2,
  };
}

const bareWord = /[A-Za-z_$][\w$]*/y;
const wordCharacter = /[\w$]/;

/** Finds the position of the error; most of Node's messages have it, the others mean the end of the text. */
function describe(text: string, error: unknown): Flaw {
  const message = error instanceof Error ? error.message : '';
  const failed = Number(/at position (\d+)/.exec(message)?.[1] ?? unexpectedTokenPosition(text, message));
  // A word that begins like `null` fails in its middle; the error names it whole.
  let position = failed;
  while (position > 0 && position < text.length && wordCharacter.test(text[position - 1] ?? ''))
    position -= 1;
  const before = text.slice(0, position).split('\n');
  const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  bareWord.lastIndex = position;
  const word = bareWord.exec(text)?.[0];
  if (position >= text.length) return { what: 'Unexpected end-of-input', ...place };
  if (word !== undefined) {
    return {
      what: `Unrecognized token '${word}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')`,
      line: place.line,
      column: place.column + word.length,
    };
  }
  const character = text[position] ?? '';
  return { what: `Unexpected character ('${character}' (code ${character.charCodeAt(0)}))`, ...place };
}

/** Messages for short texts name the character and not its position. */
function unexpectedTokenPosition(text: string, message: string): number {
  const character = /^Unexpected token '(.)'/.exec(message)?.[1];
  const found = character === undefined ? -1 : text.indexOf(character);
  return found < 0 ? text.length : found;
}
