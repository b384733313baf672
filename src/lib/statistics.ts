/** The smallest sample that at least this share (0 to 1) of the samples do not exceed; undefined without samples. */
export function quantile(samples: readonly number[], share: number): number | undefined {
  return quantileOfSorted(
    samples.toSorted((a, b) => a - b),
    share,
  );
}

/** Like `quantile`, of samples in ascending order. */
export function quantileOfSorted(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
