import type { ImportFrame } from '../../operator-api/contract';

/** What is drawn of a frame. */
interface Frame extends Pick<ImportFrame, 'name' | 'totalMs'> {
  readonly children: readonly Frame[];
}

const [width, rowHeight, top, charWidth] = [1_200, 20, 40, 6.6];
/** Narrower frames are left out, in pixels. */
const narrowest = 0.5;

/** A self-contained SVG flame graph; frames below a frame ran within it. */
export function flameGraph(title: string, frames: readonly Frame[]): string {
  const totalMs = frames.reduce((sum, frame) => sum + frame.totalMs, 0);
  const boxes: string[] = [];
  let depthMost = 0;
  const draw = (siblings: readonly Frame[], x: number, depth: number) => {
    let at = x;
    for (const frame of siblings) {
      const wide = (frame.totalMs / Math.max(totalMs, 0.001)) * width;
      if (wide >= narrowest) {
        depthMost = Math.max(depthMost, depth);
        boxes.push(box(frame, at, wide, depth));
        draw(frame.children, at, depth + 1);
      }
      at += wide;
    }
  };
  draw(frames, 0, 0);
  const height = top + (depthMost + 1) * rowHeight + 10;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
<text x="4" y="22" font-size="14">${escaped(title)}: ${totalMs.toFixed(1)} ms</text>
${boxes.join('\n')}
</svg>
`;
}

function box({ name, totalMs }: Frame, x: number, wide: number, depth: number): string {
  const y = top + depth * rowHeight;
  const letters = Math.floor((wide - 6) / charWidth);
  const label = letters < 3 ? '' : name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
  const hue = 20 + (hashOf(name) % 40);
  return (
    `<g><title>${escaped(name)}: ${totalMs.toFixed(2)} ms</title>` +
    `<rect x="${x.toFixed(2)}" y="${y}" width="${wide.toFixed(2)}" height="${rowHeight - 1}" fill="hsl(${hue},80%,65%)" stroke="#fff" stroke-width="0.5"/>` +
    `${label === '' ? '' : `<text x="${(x + 3).toFixed(2)}" y="${y + 14}">${escaped(label)}</text>`}</g>`
  );
}

function hashOf(name: string): number {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return hash;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? '');
