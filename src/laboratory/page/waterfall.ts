import type { ImportProfile, InvocationDetails, PhaseName, PhaseTrace } from '../../operator-api/contract';
import { duration } from './format';
import { causeNames } from './timeline/cause-names';

/** A shape of a waterfall, for the page and for files. */
export interface Shape {
  readonly tag: 'rect' | 'text' | 'line';
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly text?: string;
  /** Text that is shown when the pointer rests on the shape. */
  readonly tip?: string;
}

export interface Waterfall {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly shapes: readonly Shape[];
}

export const phaseTitles: Readonly<Record<PhaseName, string>> = {
  queue: 'Queue',
  sandbox: 'Sandbox',
  'sandbox-create': 'Create container',
  'sandbox-start': 'Start container',
  'sandbox-gate': 'Wait for its init',
  'sandbox-fill': 'Fill in code',
  'cold-delay': 'Declared delay',
  'extension-init': 'Extension init',
  'runtime-init': 'Runtime init',
  reset: 'Reset',
  handler: 'Handler',
  response: 'Response stream',
  'runtime-overhead': 'Runtime overhead',
  extensions: 'Extensions',
};

/** Class of a phase's bar, which is the name of its colour. */
const phaseColors: Readonly<Record<PhaseName, string>> = {
  queue: 'idle',
  sandbox: 'sandbox',
  'sandbox-create': 'sandbox',
  'sandbox-start': 'sandbox',
  'sandbox-gate': 'sandbox',
  'sandbox-fill': 'sandbox',
  'cold-delay': 'declared',
  'extension-init': 'init',
  'runtime-init': 'init',
  reset: 'reset',
  handler: 'run',
  response: 'run',
  'runtime-overhead': 'after',
  extensions: 'after',
};

const width = 960;
const labelWidth = 190;
const rightRoom = 90;
const rowHeight = 26;
const top = 34;

/** Lays out the phases of an invocation after its arrival, one row each. */
export function waterfallOf(
  { invocation, profile }: InvocationDetails,
  ticksOf: (longestMs: number) => readonly number[],
): Waterfall {
  const { arrivedAt, requestId, functionName, frozenAt, isCold, cause } = invocation;
  const phases: readonly Row[] = invocation.phases
    .filter(({ durationMs }) => Number.isFinite(durationMs))
    .flatMap((phase) => [
      { ...phase, title: phaseTitles[phase.name] },
      ...(phase.name === 'runtime-init' && profile ? importRows(phase, profile) : []),
    ]);
  const ends = phases.map(({ at, durationMs }) => at + durationMs - arrivedAt);
  const longest = Math.max(0.001, ...ends, (frozenAt ?? arrivedAt) - arrivedAt);
  const first = Math.min(0, ...phases.map(({ at }) => at - arrivedAt));
  const xOf = (ms: number) =>
    labelWidth + ((ms - first) / (longest - first)) * (width - labelWidth - rightRoom);
  const rows = phases.length + (frozenAt === undefined ? 0 : 1);
  const height = top + rows * rowHeight + 12;
  const shapes: Shape[] = [];
  for (const tick of ticksOf(longest)) {
    const x = xOf(tick);
    shapes.push(
      line(x, top - 8, x, height - 8),
      label(x + 3, 16, tick === 0 ? '0' : duration(tick), 'minor'),
    );
  }
  for (const [at, phase] of phases.entries()) {
    shapes.push(...row(phase, top + at * rowHeight, phase.at - arrivedAt, xOf, invocation.status));
  }
  if (frozenAt !== undefined) {
    const y = top + phases.length * rowHeight;
    const x = xOf(frozenAt - arrivedAt);
    shapes.push(label(8, y + 17, 'Frozen'), line(x, y + 2, x, y + rowHeight - 4, 'mark'));
    shapes.push(label(x + 6, y + 17, `at ${duration(frozenAt - arrivedAt)}`, 'minor'));
  }
  const start = isCold ? `cold start: ${cause === undefined ? '' : causeNames[cause]}` : 'warm';
  return { width, height, title: `${functionName} ${requestId}, ${start}`, shapes };
}

interface Row extends PhaseTrace {
  readonly title: string;
}

/** In order of start. Imports may start later than shown, since the profile does not cover what comes before them. */
export function importRows({ name, at }: PhaseTrace, { imports }: ImportProfile): Row[] {
  return imports
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ name: imported, atMs, totalMs }) => ({
      name,
      at: at + atMs,
      durationMs: totalMs,
      within: name,
      title: `import ${imported.length > 20 ? `${imported.slice(0, 19)}…` : imported}`,
    }));
}

function row(phase: Row, y: number, startMs: number, xOf: (ms: number) => number, status: string): Shape[] {
  const { name, title, durationMs, within, isDeclared } = phase;
  const [x, until] = [xOf(startMs), xOf(startMs + durationMs)];
  const isFailed = name === 'handler' && status !== 'success' && status !== 'running';
  const color = isDeclared ? 'declared' : isFailed ? 'error' : phaseColors[name];
  const words = isDeclared ? `${duration(durationMs)}, not measured` : duration(durationMs);
  const inset = within === undefined ? 4 : 7;
  const isAtEnd = until > width - rightRoom - 60 && x > labelWidth + 120;
  return [
    label(within === undefined ? 8 : 24, y + 17, title),
    {
      tag: 'rect',
      attributes: {
        class: color,
        x: round(x),
        y: y + inset,
        width: Math.max(1, round(until - x)),
        height: rowHeight - 2 * inset,
      },
    },
    isAtEnd ? label(x - 6, y + 17, words, 'minor end') : label(until + 6, y + 17, words, 'minor'),
  ];
}

function label(x: number, y: number, text: string, kind = 'label'): Shape {
  return { tag: 'text', attributes: { class: kind, x: round(x), y }, text };
}

function line(x1: number, y1: number, x2: number, y2: number, kind = 'grid'): Shape {
  return { tag: 'line', attributes: { class: kind, x1: round(x1), y1, x2: round(x2), y2 } };
}

const round = (value: number) => Math.round(value * 100) / 100;
