/**
 * An order-preserving position within a scope: `major` up to 2^53, `minor` up to 2^32. A Kafka offset needs one
 * half; Pulsar's triple and Kinesis' 56 digits fit into both.
 */
export interface Position {
  readonly major: number;
  readonly minor: number;
}

/** Negative, zero or positive, as `a` stands before, at or after `b`. */
export function comparePositions(a: Position, b: Position): number {
  return a.major - b.major || a.minor - b.minor;
}
