/** Levenshtein distance: the number of inserted, removed or changed letters between two words. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const changed = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, changed));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

/** The word that was probably meant: the nearest, if at most a third of the letters differ (and at least one may). */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const bare = word.toLowerCase().replaceAll(/[-_]/g, '');
  let best: { candidate: string; away: number } | undefined;
  for (const candidate of candidates) {
    const away = distance(bare, candidate.toLowerCase());
    if (best === undefined || away < best.away) best = { candidate, away };
  }
  return best !== undefined && best.away <= Math.max(1, best.candidate.length / 3)
    ? best.candidate
    : undefined;
}
