import { junit, summary } from '../../../src/cli/scenario/reports';
import { aRun } from '../../support/laboratory/scenario-runs';

test('a summary has figures by function, causes, and what became of the assertions', () => {
  expect(summary(aRun())).toBe(
    `night: 8h in 2s 500ms, seed 1

FUNCTION  REQUESTS  COLD SHARE  ERRORS  THROTTLES    P50    P95    MAX  INIT P50  MAX ENVIRONMENTS
a               10     22.22 %       1          1  50 ms  90 ms  90 ms    100 ms                 3
b                1         0 %       0          0  10 ms  10 ms  10 ms         -                 1

cold starts: 1 first-call, 1 idle-expiry

FAILED  no throttles  (was 1)
passed  a: p95 < 200 ms  (was 90 ms)
`,
  );
});

test('a JUnit file has a test case for each assertion', () => {
  expect(junit(aRun({ scenario: 'a & b' }))).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1" errors="0" time="2.500">
  <testsuite name="a &amp; b" tests="2" failures="1" errors="0" time="2.500" skipped="0" timestamp="2026-01-02T03:04:05">
    <testcase classname="a &amp; b.all" name="no throttles" time="0">
      <failure message="no throttles: was 1"/>
    </testcase>
    <testcase classname="a &amp; b.a" name="a: p95 &lt; 200 ms" time="0"/>
  </testsuite>
</testsuites>
`);
});
