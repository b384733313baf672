import { nearest } from '../../lib/text/nearest';
import { metrics } from './figures';
import type { Assertion } from './scenario';

const units = { ms: '(ms|s)', share: '(%)', count: '()' };

/**
 * Parses `cold share < 5 %`, `p95 < 200 ms`, `no throttles` or `max environments = 10`; returns a message for other
 * texts.
 */
export function readAssertion(text: string, functionName?: string): Assertion | string {
  const written = text.trim().replace(/\s+/g, ' ');
  const none = /^no (.+)$/.exec(written)?.[1];
  const [, name = '', operator = '', rest = ''] =
    none === undefined ? (/^([a-z0-9 ]+?) ?(<=|>=|<|>|=) ?(.+)$/.exec(written) ?? []) : ['', none, '=', '0'];
  const metric = metrics[name];
  if (metric === undefined) {
    const meant = nearest(name, Object.keys(metrics));
    const known = Object.keys(metrics).join(', ');
    return `must be METRIC OPERATOR VALUE such as "p95 < 200 ms", or "no METRIC", got "${text}". ${meant === undefined ? `Metrics are ${known}.` : `Did you mean ${meant}?`}`;
  }
  const isBare = none !== undefined;
  const [, amount, unit] =
    new RegExp(`^(\\d+(?:\\.\\d+)?) ?${isBare ? '()' : units[metric.unit]}$`).exec(rest) ?? [];
  if (amount === undefined) {
    const example = { ms: '200 ms', share: '5 %', count: '10' }[metric.unit];
    return `has the value "${rest}", but ${name} is written such as ${example}`;
  }
  const factor = unit === '%' ? 0.01 : unit === 's' ? 1_000 : 1;
  return {
    text: functionName === undefined ? written : `${functionName}: ${written}`,
    ...(functionName !== undefined && { functionName }),
    metric: name,
    operator: operator as Assertion['operator'],
    value: Number(amount) * factor,
  };
}
