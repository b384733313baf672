import type {
  EnvironmentTrace,
  InvocationDetails,
  InvocationTrace,
  PhaseTrace,
} from '../../operator-api/contract';

const barWidth = 40;

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
export function waterfall({ invocation, environment }: InvocationDetails): string {
  const { arrivedAt, phases } = invocation;
  const wholeMs = Math.max(0.001, endOf(invocation) - arrivedAt);
  const rows = phases.map((phase) => ({ phase, label: labelOf(phase) }));
  const width = Math.max(0, ...rows.map(({ label }) => label.length));
  const lines = rows.map(({ phase, label }) => {
    const bar = barOf(phase, arrivedAt, wholeMs);
    const from = (phase.at - arrivedAt).toFixed(1).padStart(9);
    const note = phase.isDeclared ? '  declared, not measured' : '';
    return `  ${label.padEnd(width)}  ${bar}  ${from}  ${milliseconds(phase.durationMs).padStart(10)}${note}`;
  });
  const head = [...summary(invocation), ...(environment ? place(invocation, environment) : [])];
  return `${[...head, ...(lines.length > 0 ? ['', ...lines] : [])].join('\n')}\n`;
}

const labelOf = ({ name, within }: PhaseTrace) =>
  within === undefined ? name : `  ${name.replace(`${within}-`, '')}`;

function barOf({ at, durationMs }: PhaseTrace, arrivedAt: number, wholeMs: number): string {
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
