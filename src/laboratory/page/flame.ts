import type { ImportFrame } from '../../operator-api/contract';
import { duration } from './format';
import type { Shape, Waterfall } from './waterfall';

const [width, rowHeight, letterWidth] = [960, 22, 7];
/** In pixels. Narrower frames are left out. */
const narrowest = 1;

/** Lays out a profile. A frame's width is its share of the time; its children are below it. */
export function flameOf(frames: readonly ImportFrame[]): Waterfall {
  const totalMs = frames.reduce((sum, frame) => sum + frame.totalMs, 0);
  const shapes: Shape[] = [];
  let rows = 0;
  const draw = (siblings: readonly ImportFrame[], from: number, depth: number) => {
    let x = from;
    for (const { name, totalMs: ms, children } of siblings) {
      const wide = (ms / Math.max(totalMs, 0.001)) * width;
      if (wide >= narrowest) {
        rows = Math.max(rows, depth + 1);
        shapes.push(...box(name, ms, { x, wide, y: depth * rowHeight }));
        draw(children, x, depth + 1);
      }
      x += wide;
    }
  };
  draw(frames, 0, 0);
  return { width, height: rows * rowHeight + 4, title: `Imports, ${duration(totalMs)}`, shapes };
}

function box(
  name: string,
  ms: number,
  { x, wide, y }: { readonly x: number; readonly wide: number; readonly y: number },
): Shape[] {
  const letters = Math.floor((wide - 8) / letterWidth);
  const text = letters < 3 ? '' : name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
  const place = { x: round(x), y, width: round(Math.max(0.5, wide - 1)), height: rowHeight - 2 };
  return [
    { tag: 'rect', attributes: { class: 'flame', ...place }, tip: `${name}: ${duration(ms)}` },
    ...(text === ''
      ? []
      : [{ tag: 'text', attributes: { class: 'label', x: round(x + 4), y: y + 15 }, text } as const]),
  ];
}

const round = (value: number) => Math.round(value * 100) / 100;
