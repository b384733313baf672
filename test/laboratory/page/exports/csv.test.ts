import { functionsCsv, invocationsCsv } from '../../../../src/laboratory/page/exports/csv';
import { pageData } from '../../../support/laboratory/page-data';

const data = pageData({ environments: 4, invocationsEach: 3, spanMs: 60_000 });

test('the figures of functions are a line each, with a line of names first', () => {
  const stats = new Map(data.stats.functions.map((each) => [each.functionName, each]));
  const lines = functionsCsv(data.functions, stats).split('\r\n');
  expect(lines).toHaveLength(6);
  expect(lines[0]).toMatch(/^function,runtime,state,invocations,errors,throttles/);
  expect(lines[1]).toMatch(/^orders,python3\.13,ready,3,/);
});

test('a function without figures has empty cells', () => {
  const [, line = ''] = functionsCsv(data.functions, new Map()).split('\r\n');
  expect(line).toBe(`orders,python3.13,ready${','.repeat(13)}256,,`);
});

test('texts of functions are quoted, and are no formulas', () => {
  const [first] = data.timeline.invocations;
  if (first === undefined) throw new Error('There is no invocation.');
  const csv = (errorType: string) => invocationsCsv([{ ...first, errorType }]);
  expect(csv('=HYPERLINK("http://evil.example")')).toContain(`,"'=HYPERLINK(""http://evil.example"")",`);
  expect(csv('@x')).toContain(",'@x,");
  expect(csv('a,b\nc')).toContain(',"a,b\nc",');
});
