import type { Shape, Waterfall } from '../waterfall';

/** The file has no style sheet, so it contains the colours of the light theme. */
const style =
  'text{font:13px system-ui,sans-serif;fill:#1c2127}.minor{fill:#57606a}.end{text-anchor:end}' +
  '.grid{stroke:#d5d9de}.mark{stroke:#1c2127;stroke-width:2}.idle{fill:#b6bec8}.sandbox{fill:#8250df}' +
  '.init{fill:#bf8700}.run{fill:#1a7f37}.after{fill:#7cc192}.error{fill:#cf222e}.reset{fill:#57606a}' +
  '.declared{fill:#fff;stroke:#bf3989;stroke-dasharray:4 3}';

/** The waterfall as a standalone file. */
export function waterfallSvg({ width, height, title, shapes }: Waterfall): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">` +
    `<title>${escaped(title)}</title><style>${style}</style>` +
    `<rect width="${width}" height="${height}" fill="#fff"/>${shapes.map(written).join('')}</svg>\n`
  );
}

function written({ tag, attributes, text = '' }: Shape): string {
  const given = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(String(value))}"`);
  return `<${tag}${given.join('')}>${escaped(text)}</${tag}>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML forbids most control characters, even as references. */
function escaped(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, '').replaceAll(/[&<>"]/g, (character) => entities[character] ?? '');
}
