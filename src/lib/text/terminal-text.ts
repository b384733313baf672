// Control characters but tab and line feed, those that set the direction of text, and the other line separators.
const unsafe = /(?![\t\n])[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const eachUnsafe = /(?![\t\n])[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

const escapes: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\x1b', '\\e'],
  ['\r', '\\r'],
]);

/**
 * A text of unknown origin as a terminal may show it: control characters are written out (`\e[31m`, `\x9b`), so that
 * it cannot move the cursor, set the clipboard or hide what others wrote. Tabs and line feeds stay.
 */
export function visible(text: string): string {
  return unsafe.test(text) ? text.replace(eachUnsafe, escaped) : text;
}

/** As `visible`, on one line and those below it, which begin with `indent`: none looks like an entry of its own. */
export function indented(text: string, indent: string): string {
  if (!text.includes('\n') && !text.includes('\r')) return visible(text);
  return visible(text.replace(/\r\n?/g, '\n')).replaceAll('\n', `\n${indent}`);
}

function escaped(character: string): string {
  const known = escapes.get(character);
  if (known !== undefined) return known;
  const code = character.charCodeAt(0).toString(16);
  return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
}
