import type { AssignedSandbox } from '../execution/spares/spare';
import type { PhaseName, PhaseTrace } from '../operator-api/contract';

/**
 * The steps of getting a sandbox that an invocation waited for, counted back from the last. None starts before `at`.
 */
export function sandboxParts(taken: AssignedSandbox, at: number, until: number): PhaseTrace[] {
  const { coldStart, fillMs, sandbox } = taken;
  if (coldStart === 'own-spare' || coldStart === 'reused') return [];
  const making = coldStart === 'on-demand' ? sandbox.making : undefined;
  const steps: readonly (readonly [PhaseName, number])[] = [
    ['sandbox-fill', fillMs],
    ...(making
      ? ([
          ['sandbox-gate', making.gateMs],
          ['sandbox-start', making.startMs],
          ['sandbox-create', making.createMs],
        ] as const)
      : []),
  ];
  const parts: PhaseTrace[] = [];
  let end = until;
  for (const [name, ms] of steps) {
    const begin = Math.max(at, end - ms);
    if (end > begin) parts.push({ name, at: begin, durationMs: end - begin, within: 'sandbox' });
    end = begin;
  }
  return parts.reverse();
}
