import type { YAMLError } from 'yaml';

/** Messages for invalid YAML by the parser's error code, each with what to do. */
const sentences: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'an alias (*NAME) or an anchor (&NAME) has no name. Put the value in quotes if it is text.',
  BAD_DQ_ESCAPE:
    'a backslash in double quotes starts an escape sequence that YAML does not have. Use single quotes, or write \\\\.',
  BAD_INDENT:
    'the indentation does not match the lines above. Start the items of one mapping or list in the same column.',
  BAD_SCALAR_START: 'text cannot start with this character. Put it in quotes.',
  BLOCK_AS_IMPLICIT_KEY: 'there is a second key in this line. Put the value in quotes if ": " is part of it.',
  BLOCK_IN_FLOW: 'an indented list or mapping cannot be within brackets. Write it in brackets, too.',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters. Shorten it, or start it with "? ".',
  MULTILINE_IMPLICIT_KEY:
    'a key goes over several lines. Close the bracket or quote before it, or add ": " after the key above it.',
  MULTIPLE_ANCHORS: 'a value has two anchors (&NAME). Leave one of them out.',
  MULTIPLE_DOCS: 'there is a second document after "---". Put each document in a file of its own.',
  MULTIPLE_TAGS:
    'a value has two tags. Write the outer function in its long form, such as "Fn::Base64: !Sub …".',
  TAB_AS_INDENT: 'a tab is used for indentation. Use spaces.',
  TAG_RESOLVE_FAILED: 'a tag (!NAME) cannot be resolved. Leave it out.',
  UNEXPECTED_TOKEN:
    'this does not belong here. Check quotes, brackets and indentation of this line and the one above.',
};

/** Messages by the parser's text, for a code that has several causes. */
const missing: readonly (readonly [RegExp, string])[] = [
  [/closing .quote/, 'a quote is not closed. Add it at the end of the text.'],
  [/ and end with a ([}\]])|expected .* end with/i, 'a bracket is not closed. Add the closing one.'],
  [/Missing , /, 'there is no comma between two items. Add it.'],
  [/followed by map values/, 'a key has no ":" after it. Add it.'],
  [/Tags and anchors/, 'there is no blank after a tag. Add it.'],
];

/** The message for an error of the parser, without line and column. */
export function yamlProblem({ code, message }: YAMLError): string {
  const found = missing.find(([pattern]) => pattern.test(message))?.[1];
  return `Invalid YAML: ${found ?? sentences[code] ?? 'a character is missing or out of place. Check this line and the one above.'}`;
}
