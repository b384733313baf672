import { seededRandom } from '../../src/lib/random';

test('gives the same numbers for the same seed, and others for another', () => {
  const numbers = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 5 }, random);
  };
  expect(numbers(1)).toEqual(numbers(1));
  expect(numbers(2)).not.toEqual(numbers(1));
});

test('numbers are from 0 to 1 and evenly spread', () => {
  const random = seededRandom(3);
  const numbers = Array.from({ length: 10_000 }, random);
  expect(numbers.every((each) => each >= 0 && each < 1)).toBe(true);
  expect(Math.abs(numbers.filter((each) => each < 0.25).length - 2_500)).toBeLessThan(150);
});
