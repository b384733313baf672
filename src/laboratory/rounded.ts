/** To microseconds: what is beyond them is noise. */
export function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
