/** What somebody found who came when all had been read, or when nobody had read yet. */
export interface ReadAgain {
  readonly kind: 'read-again';
  /** Whether it had come to what it was to find: everything was settled, or nobody had come. */
  readonly ready: boolean;
  /** Whether each reading came to the end of what there was; else what it lacked may have been there. */
  readonly whole: boolean;
  readonly acknowledged: number;
  /** Messages, however often each was there. */
  readonly seen: number;
  /** The starts that it was read from again, besides the beginning. */
  readonly startsAgain: readonly string[];
  /** Copies that a reading from one of these lacked, had too many, or had elsewhere. */
  readonly otherwise: number;
  /** Copies that the consumers were given meanwhile. */
  readonly disturbed: number;
}

export function wasReadAgain({ ready, whole, acknowledged }: ReadAgain): boolean {
  return ready && whole && acknowledged > 0;
}

export function describeReadAgain(
  evidence: ReadAgain,
): readonly (readonly [string, string | number])[] {
  const { ready, whole, acknowledged, seen, startsAgain, otherwise, disturbed } = evidence;
  return [
    ['came when it should', ready ? 'yes' : 'no'],
    ['read to the end', whole ? 'yes' : 'no'],
    ['messages acknowledged', acknowledged],
    ['messages that a later reader found', seen],
    ['read again from', startsAgain.length === 0 ? 'nowhere' : startsAgain.join(', ')],
    ...(startsAgain.length === 0
      ? []
      : ([['copies that came otherwise then', otherwise]] as const)),
    ['copies that consumers got meanwhile', disturbed],
  ];
}
