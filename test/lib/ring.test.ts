import { Ring } from '../../src/lib/ring';

test('keeps the last values, oldest first, and returns the one that made room', () => {
  const ring = new Ring<number>(3);
  expect([1, 2, 3].map((value) => ring.push(value))).toEqual([undefined, undefined, undefined]);
  expect(ring.push(4)).toBe(1);
  expect([...ring]).toEqual([2, 3, 4]);
  expect([...ring.latest()]).toEqual([4, 3, 2]);
  expect(ring.oldest).toBe(2);
});

test('takes values again after some were shifted out', () => {
  const ring = new Ring<number>(2);
  ring.push(1);
  ring.push(2);
  expect(ring.shift()).toBe(1);
  ring.push(3);
  expect([...ring]).toEqual([2, 3]);
  expect([ring.shift(), ring.shift(), ring.shift()]).toEqual([2, 3, undefined]);
  expect(ring.size).toBe(0);
  ring.push(4);
  expect([...ring]).toEqual([4]);
});
