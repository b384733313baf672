import { visible } from '../../lib/text/terminal-text';
import type {
  EnvironmentTrace,
  ImportProfile,
  InvocationDetails,
  InvocationTrace,
  PhaseTrace,
  SegmentTrace,
} from '../../operator-api/contract';

const barWidth = 40;
const deepestIndent = 5;
const longestLabel = 40;

/** A bar of the waterfall. */
interface Row {
  readonly label: string;
  readonly at: number;
  readonly durationMs: number;
  readonly isDeclared?: true;
  readonly isError?: true;
}

export const milliseconds = (ms: number) => `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;

const origins = {
  'own-spare': 'its own spare',
  spare: 'a spare',
  reused: 'a reused spare',
  'on-demand': 'a container made on demand',
};

/** When the last part of an invocation was over. */
function endOf({ arrivedAt, phases, freeAt, endedAt }: InvocationTrace): number {
  return Math.max(freeAt ?? endedAt ?? arrivedAt, ...phases.map(({ at, durationMs }) => at + durationMs));
}

/** One invocation as text: what came of it, and a bar for each of its phases. */
export function waterfall({ invocation, environment, profile }: InvocationDetails): string {
  const { arrivedAt, phases, segments = [] } = invocation;
  const wholeMs = Math.max(0.001, endOf(invocation) - arrivedAt);
  const rows: readonly Row[] = [
    ...phases.flatMap((phase) => [
      { ...phase, label: labelOf(phase) },
      ...(phase.name === 'runtime-init' && profile ? importRows(phase, profile) : []),
    ]),
    ...segments.map((segment) => ({ ...segment, label: segmentLabel(segment, segments) })),
  ];
  const width = Math.max(0, ...rows.map(({ label }) => label.length));
  const lines = rows.map((row) => {
    const bar = barOf(row, arrivedAt, wholeMs);
    const from = (row.at - arrivedAt).toFixed(1).padStart(9);
    const note = row.isDeclared ? '  declared, not measured' : row.isError ? '  error' : '';
    return `  ${row.label.padEnd(width)}  ${bar}  ${from}  ${milliseconds(row.durationMs).padStart(10)}${note}`;
  });
  const head = [...summary(invocation), ...(environment ? place(invocation, environment) : [])];
  return `${[...head, ...(lines.length > 0 ? ['', ...lines] : [])].join('\n')}\n`;
}

/** In the order of their starts. They begin no earlier than shown: what the profile leaves out comes before. */
function importRows({ at }: PhaseTrace, { imports }: ImportProfile): Row[] {
  return imports
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ name, atMs, totalMs }) => ({
      at: at + atMs,
      durationMs: totalMs,
      label: `  import ${name}`,
    }));
}

const labelOf = ({ name, within }: PhaseTrace) =>
  within === undefined ? name : `  ${name.replace(`${within}-`, '')}`;

/** What the function recorded is marked, and indented by what it is a part of. */
function segmentLabel({ name, parentId }: SegmentTrace, segments: readonly SegmentTrace[]): string {
  const parents = new Map(segments.map((each) => [each.id, each.parentId]));
  let depth = 0;
  for (let at = parentId; at !== undefined && parents.has(at) && depth < deepestIndent; at = parents.get(at))
    depth += 1;
  return `${'  '.repeat(depth)}· ${visible(name).slice(0, longestLabel)}`;
}

function barOf(
  { at, durationMs }: Pick<Row, 'at' | 'durationMs'>,
  arrivedAt: number,
  wholeMs: number,
): string {
  const before = Math.min(barWidth - 1, Math.round(((at - arrivedAt) / wholeMs) * barWidth));
  const length = Math.max(1, Math.round((durationMs / wholeMs) * barWidth));
  return '█'
    .repeat(Math.min(length, barWidth - before))
    .padStart(before + length)
    .padEnd(barWidth)
    .slice(0, barWidth);
}

function summary(invocation: InvocationTrace): string[] {
  const { requestId, functionName, version, status, errorType, isCold, cause } = invocation;
  const error = errorType === undefined ? '' : ` (${errorType})`;
  const start = isCold ? `cold start: ${cause ?? 'unknown cause'}` : 'warm';
  const time = new Date(invocation.arrivedAt).toISOString();
  const figures = [
    ...(invocation.durationMs === undefined ? [] : [`duration ${milliseconds(invocation.durationMs)}`]),
    ...(invocation.initDurationMs === undefined ? [] : [`init ${milliseconds(invocation.initDurationMs)}`]),
    ...(invocation.billedMs === undefined ? [] : [`billed ${invocation.billedMs} ms`]),
    ...(invocation.memoryUsedMiB === undefined
      ? []
      : [`memory ${invocation.memoryUsedMiB} of ${invocation.memorySize} MB`]),
  ];
  return [
    `${functionName} ${version}  ${requestId}`,
    `${status}${error}, ${start}, arrived ${time}`,
    ...(figures.length === 0 ? [] : [figures.join(', ')]),
  ];
}

function place(
  { isCold }: InvocationTrace,
  { logStream, sandbox, declaredDelay }: EnvironmentTrace,
): string[] {
  const origin = sandbox && isCold ? `, from ${origins[sandbox.origin]}, code ${sandbox.fill}` : '';
  const delay =
    declaredDelay && isCold ? [`declared delay ${declaredDelay.ms} ms: ${declaredDelay.source}`] : [];
  return [`environment ${logStream}${sandbox ? `, container ${sandbox.engineId}` : ''}${origin}`, ...delay];
}
