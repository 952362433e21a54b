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
}
