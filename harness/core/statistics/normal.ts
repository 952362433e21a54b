/**
 * P(Z > z) of the standard normal distribution for z ≥ 0, absolute error below 7.5e-8 (Abramowitz and Stegun,
 * Handbook of Mathematical Functions, 26.2.17).
 */
export function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const terms = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  return density * terms.reduceRight((sum, term) => (sum + term) * t, 0);
}
