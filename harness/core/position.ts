/** An order-preserving position within a scope; see the engine contract. */
export interface Position {
  readonly major: number;
  readonly minor: number;
}

/** Negative, zero or positive, as `a` stands before, at or after `b`. */
export function comparePositions(a: Position, b: Position): number {
  return a.major - b.major || a.minor - b.minor;
}
