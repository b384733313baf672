import { table } from '../terminal/table';
import { figure, figureText } from './figures';
import { durationText } from './quantities';
import type { AssertionResult, RunResult } from './scenario';

const shown = [
  'requests',
  'cold share',
  'errors',
  'throttles',
  'p50',
  'p95',
  'max',
  'init p50',
  'max environments',
];

/** A run in a few lines: figures by function, causes of cold starts, and what became of the assertions. */
export function summary(result: RunResult): string {
  const { scenario, seed, speed, virtualMs, tookMs, requests, assertions } = result;
  const names = [...new Set(requests.map(({ functionName }) => functionName))].sort();
  const head = `${scenario}: ${durationText(virtualMs)} in ${durationText(tookMs)}, seed ${seed}${speed === 1 ? '' : `, speed ${speed}`}\n\n`;
  const figures = table(
    [
      { title: 'FUNCTION', text: (name: string) => name },
      ...shown.map((metric) => ({
        title: metric.toUpperCase(),
        text: (name: string) => {
          const text = figureText(metric, figure(metric, result, name));
          return text === 'nothing' ? '-' : text;
        },
        alignRight: true,
      })),
    ],
    names,
  );
  const causes = causesText(result);
  return `${head}${figures}${causes}${assertions.length === 0 ? '' : `\n${assertions.map(assertionText).join('')}`}`;
}

function causesText({ requests }: RunResult): string {
  const counts = new Map<string, number>();
  for (const { cause } of requests) if (cause !== undefined) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  if (counts.size === 0) return '';
  return `\ncold starts: ${[...counts].map(([cause, count]) => `${count} ${cause}`).join(', ')}\n`;
}

function assertionText({ text, passed, actual }: AssertionResult): string {
  return `${passed ? 'passed' : 'FAILED'}  ${text}  (was ${actual})\n`;
}

/** A JUnit file with a test case for each assertion. */
export function junit({ scenario, tookMs, startedAt, assertions }: RunResult): string {
  const failures = assertions.filter(({ passed }) => !passed).length;
  const seconds = (tookMs / 1_000).toFixed(3);
  const counts = `tests="${assertions.length}" failures="${failures}" errors="0" time="${seconds}"`;
  const cases = assertions.map(({ text, passed, actual, functionName }) => {
    const names = `classname="${escaped(`${scenario}.${functionName ?? 'all'}`)}" name="${escaped(text)}" time="0"`;
    return passed
      ? `    <testcase ${names}/>\n`
      : `    <testcase ${names}>\n      <failure message="${escaped(`${text}: was ${actual}`)}"/>\n    </testcase>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${counts}>
  <testsuite name="${escaped(scenario)}" ${counts} skipped="0" timestamp="${startedAt.slice(0, 19)}">
${cases.join('')}  </testsuite>
</testsuites>
`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? '');
