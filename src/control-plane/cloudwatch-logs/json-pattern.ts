import { invalidParameter } from './logs-error';

/** Whether a message that was parsed matches. */
export type JsonCondition = (content: unknown) => boolean;

const token =
  /\s*(?:(&&|\|\||!=|<=|>=|[=<>(){}])|"((?:[^"\\]|\\.)*)"|(\$(?:\.[\w-]+|\[\d+\]|\["[^"]+"\])+)|([^\s(){}=<>!&|"]+))/y;

interface Token {
  readonly kind: 'sign' | 'text' | 'path' | 'word';
  readonly text: string;
}

const deepest = 16;

/**
 * Reads `{ $.a.b = "x" && ($.n > 5 || $.c NOT EXISTS) }`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#matching-terms-json-log-events
 */
export function parseJsonPattern(pattern: string): JsonCondition {
  const tokens = tokensOf(pattern);
  let at = 0;
  const next = () => tokens[at++];
  const peek = (text: string) => tokens[at]?.kind === 'sign' && tokens[at]?.text === text;
  const expect = (text: string) => {
    if (!peek(text)) throw unreadable(pattern);
    at += 1;
  };
  const joined = (depth: number, sign: '||' | '&&', part: () => JsonCondition): JsonCondition => {
    if (depth > deepest) throw unreadable(pattern);
    const parts = [part()];
    while (peek(sign)) {
      at += 1;
      parts.push(part());
    }
    return sign === '||'
      ? (content) => parts.some((each) => each(content))
      : (content) => parts.every((each) => each(content));
  };
  const either = (depth: number): JsonCondition =>
    joined(depth, '||', () => joined(depth, '&&', () => single(depth)));
  const single = (depth: number): JsonCondition => {
    if (peek('(')) {
      at += 1;
      const inner = either(depth + 1);
      expect(')');
      return inner;
    }
    const path = next();
    if (path?.kind !== 'path') throw unreadable(pattern);
    const operator = next();
    const operand = next();
    const compared = operator && operand && comparison(operator, operand);
    if (!compared) throw unreadable(pattern);
    const read = readerOf(path.text);
    return (content) => compared(read(content));
  };
  expect('{');
  const condition = either(0);
  expect('}');
  if (at !== tokens.length) throw unreadable(pattern);
  return condition;
}

function tokensOf(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  const end = pattern.trimEnd().length;
  for (let at = 0; at < end; at = token.lastIndex) {
    token.lastIndex = at;
    const [whole, sign, text, path, word] = token.exec(pattern) ?? [];
    if (whole === undefined) throw unreadable(pattern);
    token.lastIndex = at + whole.length;
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else if (text !== undefined) tokens.push({ kind: 'text', text: text.replaceAll(/\\(.)/g, '$1') });
    else if (path !== undefined) tokens.push({ kind: 'path', text: path });
    else tokens.push({ kind: 'word', text: word ?? '' });
  }
  return tokens;
}

type Comparison = (value: unknown) => boolean;

function comparison(operator: Token, operand: Token): Comparison | undefined {
  const { text } = operand;
  if (operator.kind === 'word') {
    const words = `${operator.text} ${text}`.toUpperCase();
    if (words === 'NOT EXISTS') return (value) => value === undefined;
    if (words === 'IS NULL') return (value) => value === null;
    if (words === 'IS TRUE') return (value) => value === true;
    if (words === 'IS FALSE') return (value) => value === false;
    return undefined;
  }
  if (operator.kind !== 'sign' || operand.kind === 'sign' || operand.kind === 'path') return undefined;
  const number = operand.kind === 'word' ? Number(text) : Number.NaN;
  const isEqual = Number.isNaN(number) ? wildcard(text) : (value: unknown) => value === number;
  switch (operator.text) {
    case '=':
      return isEqual;
    case '!=':
      return (value) => value !== undefined && !isEqual(value);
    case '<':
      return (value) => typeof value === 'number' && value < number;
    case '>':
      return (value) => typeof value === 'number' && value > number;
    case '<=':
      return (value) => typeof value === 'number' && value <= number;
    case '>=':
      return (value) => typeof value === 'number' && value >= number;
    default:
      return undefined;
  }
}

/** `*` stands for any characters. Matched part by part, since a regular expression could take very long. */
function wildcard(text: string): Comparison {
  const [first = '', ...rest] = text.split('*');
  const last = rest.pop();
  return (value) => {
    if (typeof value !== 'string') return false;
    if (last === undefined) return value === first;
    if (!value.startsWith(first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = value.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return value.length - last.length >= at && value.endsWith(last);
  };
}

function readerOf(path: string): (content: unknown) => unknown {
  const steps = [...path.matchAll(/\.([\w-]+)|\[(\d+)\]|\["([^"]+)"\]/g)].map(
    ([, member, index, quoted]) => member ?? index ?? quoted ?? '',
  );
  return (content) => {
    let value: unknown = content;
    for (const step of steps) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
      value = (value as Readonly<Record<string, unknown>>)[step];
    }
    return value;
  };
}

const unreadable = (pattern: string) => invalidParameter(`Invalid filter pattern: cannot read ${pattern}`);
