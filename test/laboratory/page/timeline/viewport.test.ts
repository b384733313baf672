import {
  endingAt,
  firstFrom,
  fitting,
  lanesWithin,
  moved,
  zoomed,
} from '../../../../src/laboratory/page/timeline/viewport';

const range = { from: 1_000, to: 2_000 };

test('zooming leaves the point under the pointer where it is', () => {
  expect(zoomed(range, 0.5, 1_250)).toEqual({ from: 1_125, to: 1_625 });
  expect(zoomed(range, 2, 1_000)).toEqual({ from: 1_000, to: 3_000 });
});

test('zooming ends at a millisecond and at a week', () => {
  const near = zoomed(range, 1e-9, 1_500);
  expect(near.to - near.from).toBeCloseTo(1);
  const far = zoomed(range, 1e12, 1_500);
  expect(far.to - far.from).toBeCloseTo(7 * 24 * 3_600_000);
});

test('moving keeps the span, following ends a little after now, fitting leaves room', () => {
  expect(moved(range, -300)).toEqual({ from: 700, to: 1_700 });
  expect(endingAt(range, 5_000)).toEqual({ from: 4_030, to: 5_030 });
  expect(fitting(0, 100_000)).toEqual({ from: -3_000, to: 103_000 });
});

test('lanes within a window are those that it touches', () => {
  expect(lanesWithin(1_000, 20, 0, 100)).toEqual([0, 5]);
  expect(lanesWithin(1_000, 20, 30, 100)).toEqual([1, 7]);
  expect(lanesWithin(3, 20, 0, 100)).toEqual([0, 3]);
  expect(lanesWithin(0, 20, 0, 100)).toEqual([0, 0]);
});

test('the first item at or after a value is found', () => {
  const at = (item: number) => item;
  expect(firstFrom([1, 3, 5], 3, at)).toBe(1);
  expect(firstFrom([1, 3, 5], 4, at)).toBe(2);
  expect(firstFrom([1, 3, 5], 9, at)).toBe(3);
  expect(firstFrom([], 1, at)).toBe(0);
});
