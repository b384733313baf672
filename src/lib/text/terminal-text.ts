// Control characters except tab and line feed, characters that set the text direction, and other line separators.
const unsafe = /(?![\t\n])[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const eachUnsafe = /(?![\t\n])[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

const escapes: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\x1b', '\\e'],
  ['\r', '\\r'],
]);

/**
 * Makes an untrusted text safe for a terminal: control characters are escaped (`\e[31m`, `\x9b`), so that the text
 * cannot move the cursor, set the clipboard or hide other output. Tabs and line feeds are kept.
 */
export function visible(text: string): string {
  return unsafe.test(text) ? text.replace(eachUnsafe, escaped) : text;
}

/** Like `visible`; further lines begin with `indent`, so that they do not look like separate entries. */
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
