import { h } from 'preact';
import type { EnvironmentTrace, InvocationTrace } from '../../../operator-api/contract';
import { duration, short, timeOfDay } from '../format';
import { addressOf } from '../routing';
import { causeNames } from '../timeline/cause-names';

const origins = {
  'own-spare': 'a spare of its own version',
  spare: 'a spare, made ahead for any function',
  reused: 'reused from an environment that ended',
  'on-demand': 'made for it',
};

/** Details of an environment and of its selected invocation. */
export function EnvironmentDetails(props: {
  readonly environment: EnvironmentTrace;
  readonly invocation?: InvocationTrace | undefined;
}) {
  const { environment, invocation } = props;
  const { id, functionName, version, cause, endCause, sandbox, states, declaredDelay } = environment;
  const details: (readonly [string, Parameters<typeof h>[2]])[] = [
    ['Environment', `${short(id)} of ${functionName}, version ${version}`],
    ['Started', `${timeOfDay(states[0]?.at ?? 0)} (${causeNames[cause]})`],
    ['State', endCause === undefined ? environment.state : `${environment.state} (${endCause})`],
    ['Invocations', String(environment.invocations)],
    ['Init', duration(environment.initDurationMs)],
  ];
  if (environment.memoryUsedMiB !== undefined) {
    details.push(['Memory', `${Math.round(environment.memoryUsedMiB)} of ${environment.memorySize} MB`]);
  }
  if (sandbox !== undefined) {
    details.push(['Sandbox', origins[sandbox.origin]], ['Code', sandbox.fill]);
    if (sandbox.createMs !== undefined) {
      const parts = [
        ['created', sandbox.createMs],
        ['started', sandbox.startMs],
        ['init connected', sandbox.gateMs],
      ] as const;
      details.push(['Container', parts.map(([what, ms]) => `${what} in ${duration(ms)}`).join(', ')]);
    }
  }
  if (declaredDelay !== undefined) {
    details.push(['Declared delay', `${duration(declaredDelay.ms)}, not measured: ${declaredDelay.source}`]);
  }
  if (invocation !== undefined) {
    const link = h(
      'a',
      { href: addressOf('invocations', invocation.requestId) },
      short(invocation.requestId),
    );
    details.push([
      'Invocation',
      h('span', null, link, ` ${invocation.status}, ${duration(invocation.durationMs)}`),
    ]);
  }
  return h(
    'dl',
    { class: 'details' },
    details.map(([title, value]) => h('div', { key: title }, h('dt', null, title), h('dd', null, value))),
  );
}
