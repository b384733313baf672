import { type JsonCondition, parseJsonPattern } from './json-pattern';
import { invalidParameter } from './logs-error';

/** Whether a message matches. */
export type MessageFilter = (message: string) => boolean;

/**
 * Reads a filter pattern: terms, quoted phrases, `?term` (any of them), `-term` (none of them), `%regular expression%`,
 * and `{ $.member = "value" }` for messages in JSON. Patterns in brackets are not supported.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * Throws a `LogsError` for a pattern that it cannot read.
 */
export function filterOf(pattern: string): MessageFilter {
  const text = pattern.trim();
  if (text.length > longestPattern)
    throw invalidParameter(`Invalid filter pattern: longer than ${longestPattern}`);
  if (text === '') return () => true;
  if (text.startsWith('{')) return jsonFilter(parseJsonPattern(text));
  if (text.startsWith('['))
    throw invalidParameter('Invalid filter pattern: lambdock does not support patterns in brackets.');
  return termFilter(text);
}

const longestPattern = 1_024;

const term = /([?-]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)*)%|([^\s"%]+))(?=\s|$)/y;

function termFilter(text: string): MessageFilter {
  const all: MessageFilter[] = [];
  const any: MessageFilter[] = [];
  const none: MessageFilter[] = [];
  for (let at = 0; at < text.length; ) {
    term.lastIndex = at;
    const found = term.exec(text);
    if (found === null) throw invalidParameter(`Invalid filter pattern: cannot read ${text.slice(at)}`);
    const [whole, sign, quoted, expression, word = ''] = found;
    const matches =
      expression === undefined
        ? contains(quoted?.replaceAll(/\\(.)/g, '$1') ?? word)
        : simpleExpression(expression);
    (sign === '?' ? any : sign === '-' ? none : all).push(matches);
    at += whole.length;
    while (text[at] === ' ' || text[at] === '\t') at += 1;
  }
  return (message) =>
    all.every((each) => each(message)) &&
    (any.length === 0 || any.some((each) => each(message))) &&
    !none.some((each) => each(message));
}

const contains =
  (part: string): MessageFilter =>
  (message) =>
    message.includes(part);

/**
 * CloudWatch has a small part of regular expressions, without groups. So no repetition can be nested, which keeps the
 * time that a match takes in proportion to the square of the message at most.
 */
function simpleExpression(expression: string): MessageFilter {
  const repetitions = expression.match(/[*+?{]/g)?.length ?? 0;
  if (/\\?[()]/.test(expression) || repetitions > 3)
    throw invalidParameter(
      `Invalid filter pattern: a regular expression has no groups and at most 3 repetitions, got ${expression}`,
    );
  try {
    const compiled = new RegExp(expression, 'u');
    return (message) => compiled.test(message.slice(0, longestMessage));
  } catch {
    throw invalidParameter(`Invalid filter pattern: ${expression} is not a regular expression`);
  }
}

const longestMessage = 16_384;

function jsonFilter(condition: JsonCondition): MessageFilter {
  return (message) => {
    if (!message.startsWith('{')) return false;
    try {
      return condition(JSON.parse(message));
    } catch {
      return false;
    }
  };
}
