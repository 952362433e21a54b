const digits = 4;

/** A whole rate with four digits, so that it can be read and typed again. */
export function roundRate(rate: number): number {
  return Math.max(1, Math.round(Number(rate.toPrecision(digits))));
}

/** The geometric middle of two rates, or undefined where no whole rate is between them. */
export function between(low: number, high: number): number | undefined {
  const middle = roundRate(Math.sqrt(low * high));
  return middle > low && middle < high ? middle : undefined;
}
