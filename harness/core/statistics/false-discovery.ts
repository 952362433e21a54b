/**
 * P-values adjusted for being many (Benjamini and Hochberg, Controlling the false discovery rate, 1995): of the
 * rows whose adjusted p is at most alpha, no more than that share is expected to be false. Where nothing has
 * changed at all, alpha is the chance of even one.
 */
export function adjustedForMany(p: readonly number[]): number[] {
  const order = p.map((_, index) => index).sort((i, j) => (p[j] ?? 1) - (p[i] ?? 1));
  const adjusted = p.map(() => 1);
  let least = 1;
  for (const [place, index] of order.entries()) {
    const rank = p.length - place;
    least = Math.min(least, (p[index] ?? 1) * (p.length / rank));
    adjusted[index] = least;
  }
  return adjusted;
}
