/** Colours a text for a terminal. */
export type Color = (text: string) => string;

const sequence =
  (start: number, end: number): Color =>
  (text) =>
    `\x1b[${start}m${text}\x1b[${end}m`;

const plain: Color = (text) => text;

/** Colours by meaning. */
export interface Palette {
  readonly dim: Color;
  readonly bold: Color;
  readonly good: Color;
  readonly warning: Color;
  readonly bad: Color;
  /** A colour for each name; a few names get different ones. */
  readonly named: (name: string) => Color;
}

const nameColors = [36, 35, 34, 32, 33, 96, 95, 94].map((code) => sequence(code, 39));

const colored: Palette = {
  dim: sequence(2, 22),
  bold: sequence(1, 22),
  good: sequence(32, 39),
  warning: sequence(33, 39),
  bad: sequence(31, 39),
  named: (name) => nameColors[hashOf(name) % nameColors.length] ?? plain,
};

const colorless: Palette = {
  dim: plain,
  bold: plain,
  good: plain,
  warning: plain,
  bad: plain,
  named: () => plain,
};

/** Colours for an output; none if it is not a terminal or the user disabled them. */
export function paletteFor(output: { readonly isTTY?: boolean }, color: 'auto' | 'never'): Palette {
  return output.isTTY === true && color === 'auto' ? colored : colorless;
}

function hashOf(name: string): number {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return hash;
}
