/**
 * A block of lanes that one producer incarnation writes: lane `first + bucket`, `seq` dense from 0 in
 * each. An id outside every registered span is a phantom and allocates nothing.
 */
export interface LaneSpan {
  readonly first: number;
  readonly count: number;
  /** False for round-robin lanes, which no order check looks at. */
  readonly ordered: boolean;
  readonly actor: number;
  /** Index into the cell's routes; -1: to every subscription. */
  readonly route: number;
}

/** The route of lanes in cells without a declared router. */
export const everywhere = -1;
