/** The candidate that was probably meant, or undefined when none is close enough (a third of the letters may differ). */
export function closest(written: string, candidates: Iterable<string>): string | undefined {
  const wanted = normalised(written);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(Math.min(wanted.length, 40) / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate === written) continue;
    const distance = editDistance(wanted, normalised(candidate), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Spelling habits that do not count as a difference: case, and _ - or nothing between words. */
function normalised(word: string): string {
  return word.toLowerCase().replace(/[\s_-]/g, '');
}

/** Insertions, deletions, replacements and swaps of neighbours between two words; `limit` as soon as it is reached. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replace);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    if (Math.min(...row) >= limit) return limit;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? limit;
}

/** Words for a sentence: `a`, `a or b`, `a, b or c`; a long list is cut and counted. */
export function oneOf(words: readonly string[], most = 12): string {
  const distinct = [...new Set(words)];
  const quoted = distinct.slice(0, most).map((word) => `\`${word}\``);
  if (distinct.length > most) return `${quoted.join(', ')} and ${distinct.length - most} more`;
  const last = quoted.pop();
  if (last === undefined) return '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}
