import { diffText } from '../../../src/cli/scenario/diff';
import { aRun } from '../../support/laboratory/scenario-runs';

test('compares figures with their change, and draws how latencies are spread', () => {
  const before = aRun();
  const after = aRun({
    requests: before.requests.map((each) => ({ ...each, latencyMs: each.latencyMs * 2, isCold: false })),
  });
  const text = diffText(before, after);
  expect(text).toMatch(/^p50 +50 ms +100 ms +\+100 %$/m);
  expect(text).toMatch(/^cold share +22\.22 % +0 % +-22\.2 points$/m);
  expect(text).toMatch(/^throttles +1 +1 +-$/m);
  expect(text.split('\n').filter((line) => line.includes('█')).length).toBeGreaterThan(3);
});

test('a function that only one run has is compared with nothing', () => {
  const before = aRun();
  const after = aRun({ requests: before.requests.filter(({ functionName }) => functionName === 'a') });
  expect(diffText(before, after)).toMatch(/\nb\n[\s\S]*p50 +10 ms +- +-/);
});
