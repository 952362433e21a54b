/** A leader was taken out of service in its own order, and came back. */
export interface DrainedLeader {
  readonly kind: 'drain-leader';
  /** Its process was seen to be gone. */
  readonly gone: boolean;
  /** It did not end in time, and was killed: that is no order. */
  readonly forced: boolean;
  /** Whether anybody could succeed it. */
  readonly replicated: boolean;
  /** Who led afterwards; undefined: nobody did in time. */
  readonly successor: string | undefined;
  /** From the request until that one led, and whether the process of the first still ran then. */
  readonly ledMs: number;
  readonly ledWhileThere: boolean;
  /** From the request until it was gone. */
  readonly withdrawnMs: number;
  /** Sends that were acknowledged until it came back. */
  readonly acknowledged: number;
  /** Sends that were certainly not stored. */
  readonly refused: number;
}

/** One that nobody wrote to while it went, or that had to be killed, puts the order to no test. */
export function wasDrained(evidence: DrainedLeader): boolean {
  const { gone, forced, replicated, successor, acknowledged } = evidence;
  const isSucceeded = successor !== undefined || !replicated;
  return gone && !forced && isSucceeded && acknowledged > 0;
}

export function describeDrained(
  evidence: DrainedLeader,
): readonly (readonly [name: string, value: string | number])[] {
  const { successor, ledMs, ledWhileThere } = evidence;
  return [
    ['milliseconds until its process was gone', Math.round(evidence.withdrawnMs)],
    ['process seen gone', evidence.gone ? 'yes' : 'no'],
    ['killed because it did not end in time', evidence.forced ? 'yes' : 'no'],
    ['leads afterwards', successor ?? 'nobody'],
    ...(successor === undefined
      ? []
      : ([
          ['milliseconds until that one led', Math.round(ledMs)],
          ['it still ran then', ledWhileThere ? 'yes' : 'no'],
        ] as const)),
    ['sends acknowledged until it came back', evidence.acknowledged],
    ['sends refused meanwhile', evidence.refused],
  ];
}
