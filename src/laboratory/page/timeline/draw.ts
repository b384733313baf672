import type { EnvironmentTrace, InvocationTrace } from '../../../operator-api/contract';
import { short } from '../format';
import type { Lane } from '../recording';
import { causeNames } from './cause-names';
import { firstFrom, lanesWithin, type TimeRange } from './viewport';

export const laneHeight = 20;
export const axisHeight = 24;

/** Width of the gutter for environment names, in pixels. */
export const gutterOf = (width: number) => Math.min(210, Math.round(width * 0.34));
/** Approximate width of a letter, in pixels. */
const letterWidth = 6.2;

/** Colours by their names in the style sheet. */
export type Palette = Readonly<Record<string, string>>;

export const colorNames = [
  'background',
  'text',
  'minor',
  'line',
  'selected',
  'idle',
  'sandbox',
  'init',
  'run',
  'after',
  'error',
  'reset',
] as const;

export interface Scene {
  readonly lanes: readonly Lane[];
  readonly range: TimeRange;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  /** Scroll position and size, in pixels. */
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly now: number;
  readonly palette: Palette;
  readonly selectedLane?: number;
  readonly selectedRequestId?: string;
}

function xOf(at: number, { from, to }: TimeRange, width: number): number {
  return gutterOf(width) + ((at - from) / (to - from)) * (width - gutterOf(width));
}

export function timeAt(x: number, { from, to }: TimeRange, width: number): number {
  return from + ((x - gutterOf(width)) / (width - gutterOf(width))) * (to - from);
}

/** Draws only what is visible. Returns the number of drawn lanes. */
export function draw(context: CanvasRenderingContext2D, scene: Scene): number {
  const { width, height, palette, lanes, top, range, now } = scene;
  context.fillStyle = palette.background ?? '';
  context.fillRect(0, 0, width, height);
  drawAxis(context, scene);
  const [first, end] = lanesWithin(lanes.length, laneHeight, top, height - axisHeight);
  context.save();
  context.beginPath();
  context.rect(0, axisHeight, width, height - axisHeight);
  context.clip();
  for (let at = first; at < end; at += 1) {
    const y = axisHeight + at * laneHeight - top;
    if (at === scene.selectedLane) {
      context.fillStyle = palette.selected ?? '';
      context.fillRect(0, y, width, laneHeight);
    }
  }
  context.save();
  context.beginPath();
  context.rect(gutterOf(width), axisHeight, width - gutterOf(width), height - axisHeight);
  context.clip();
  for (let at = first; at < end; at += 1) {
    const lane = lanes[at];
    if (lane) drawLane(context, scene, lane, axisHeight + at * laneHeight - top);
  }
  const x = xOf(now, range, width);
  context.fillStyle = palette.minor ?? '';
  context.fillRect(x, axisHeight, 1, height);
  context.restore();
  for (let at = first; at < end; at += 1) {
    const lane = lanes[at];
    if (lane) drawLabel(context, scene, lane.environment, axisHeight + at * laneHeight - top);
  }
  context.restore();
  return end - first;
}

function drawAxis(context: CanvasRenderingContext2D, { ticks, range, width, height, palette }: Scene): void {
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  for (const { at, label } of ticks) {
    const x = Math.round(xOf(at, range, width));
    if (x < gutterOf(width)) continue;
    context.fillStyle = palette.line ?? '';
    context.fillRect(x, axisHeight - 4, 1, height);
    context.fillStyle = palette.minor ?? '';
    context.fillText(label, x + 3, axisHeight / 2);
  }
  context.fillStyle = palette.line ?? '';
  context.fillRect(0, axisHeight - 1, width, 1);
}

function drawLabel(
  context: CanvasRenderingContext2D,
  scene: Scene,
  environment: EnvironmentTrace,
  y: number,
): void {
  const { functionName, version, id, state } = environment;
  context.fillStyle = (state === 'gone' ? scene.palette.minor : scene.palette.text) ?? '';
  const name = version === '$LATEST' ? functionName : `${functionName}:${version}`;
  const most = Math.max(4, Math.floor((gutterOf(scene.width) - 12) / letterWidth) - 9);
  const shown = name.length > most ? `${name.slice(0, most - 1)}…` : name;
  context.fillText(`${shown} ${short(id)}`, 6, y + laneHeight / 2);
}

function drawLane(context: CanvasRenderingContext2D, scene: Scene, lane: Lane, y: number): void {
  const { range, width, now, palette } = scene;
  const { environment, from, to } = lane;
  if (from > range.to || to < range.from) return;
  const bar = (start: number, end: number, color: string | undefined, inset: number) => {
    const x = Math.max(gutterOf(width) - 1, xOf(start, range, width));
    const until = Math.min(width + 1, xOf(end, range, width));
    if (until < gutterOf(width) || x > width) return;
    context.fillStyle = color ?? '';
    context.fillRect(x, y + inset, Math.max(1, until - x), laneHeight - 2 * inset);
  };
  // A thin line for the whole life shows times when the environment is frozen or waits.
  bar(from, Math.min(to, now), palette.idle, 8);
  const { states } = environment;
  for (const [at, { state, at: start }] of states.entries()) {
    const color = stateColors[state];
    if (color !== undefined) bar(start, states[at + 1]?.at ?? now, palette[color], 5);
  }
  drawInvocations(lane.invocations, scene, bar);
  drawColdStart(context, scene, environment, from, y);
  if (environment.endCause === 'crash' && to <= range.to)
    drawCross(context, palette, xOf(to, range, width), y);
}

const stateColors: Readonly<Partial<Record<EnvironmentTrace['states'][number]['state'], string>>> = {
  made: 'sandbox',
  init: 'init',
  reset: 'reset',
  shutdown: 'reset',
  stopping: 'reset',
};

function drawInvocations(
  invocations: readonly InvocationTrace[],
  { range, width, now, palette, selectedRequestId }: Scene,
  bar: (start: number, end: number, color: string | undefined, inset: number) => void,
): void {
  const pixelMs = (range.to - range.from) / (width - gutterOf(width));
  // The invocation before the first that starts in the range may still run.
  const first = Math.max(0, firstFrom(invocations, range.from, ({ startedAt = 0 }) => startedAt) - 1);
  let drawnTo = Number.NEGATIVE_INFINITY;
  for (let at = first; at < invocations.length; at += 1) {
    const each = invocations[at] as InvocationTrace;
    const { startedAt = 0, endedAt = now, freeAt = endedAt, status, requestId } = each;
    if (startedAt > range.to) break;
    const isFailed = status !== 'success' && status !== 'running';
    const isSelected = requestId === selectedRequestId;
    // An invocation within the last drawn pixel is not visible. Failed and selected ones are always drawn.
    if (freeAt < drawnTo + pixelMs / 2 && !isFailed && !isSelected) continue;
    if (freeAt - endedAt > pixelMs) bar(endedAt, freeAt, palette.after, 5);
    bar(startedAt, endedAt, isFailed ? palette.error : palette.run, isFailed ? 1 : 3);
    if (isSelected) bar(startedAt, endedAt, palette.text, 9);
    drawnTo = Math.max(endedAt, startedAt + pixelMs);
  }
}

/** Draws a flag at the start of the environment, with the cause in words if there is room. */
function drawColdStart(
  context: CanvasRenderingContext2D,
  { range, width, palette }: Scene,
  { cause, declaredDelay }: EnvironmentTrace,
  from: number,
  y: number,
): void {
  const x = xOf(from, range, width);
  if (x < gutterOf(width) - 100) return;
  context.fillStyle = palette.text ?? '';
  context.beginPath();
  context.moveTo(x, y + 1);
  context.lineTo(x + 7, y + 4);
  context.lineTo(x, y + 7);
  context.fill();
  context.fillRect(x - 1, y + 1, 1, laneHeight - 2);
  const words = declaredDelay === undefined ? causeNames[cause] : `${causeNames[cause]}, declared delay`;
  // The text is left of the flag, or right of it if the gutter is in the way.
  const hasRoom = x - 4 - context.measureText(words).width > gutterOf(width);
  context.textAlign = hasRoom ? 'right' : 'left';
  context.fillText(words, hasRoom ? x - 4 : x + 10, y + laneHeight / 2);
  context.textAlign = 'left';
}

function drawCross(context: CanvasRenderingContext2D, palette: Palette, x: number, y: number): void {
  context.strokeStyle = palette.error ?? '';
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x - 4, y + 6);
  context.lineTo(x + 4, y + 14);
  context.moveTo(x + 4, y + 6);
  context.lineTo(x - 4, y + 14);
  context.stroke();
}

/** The invocation at a time, or within `withinMs` of it. */
export function invocationAt(
  { invocations }: Lane,
  time: number,
  withinMs: number,
  now: number,
): InvocationTrace | undefined {
  const after = firstFrom(invocations, time + withinMs, ({ startedAt = 0 }) => startedAt);
  const found = invocations[after - 1];
  if (found === undefined) return undefined;
  const { endedAt = now, freeAt = endedAt } = found;
  return time - withinMs <= freeAt ? found : undefined;
}
