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
  readonly ofKeys: NewestOfKeys;
  /** The starts that it was read from again, besides the beginning. */
  readonly startsAgain: readonly string[];
  /** Copies that a reading from one of these lacked, had too many, or had elsewhere. */
  readonly otherwise: number;
  /** Copies that the consumers were given meanwhile. */
  readonly disturbed: number;
}

/** What of each key was there. */
export interface NewestOfKeys {
  /** With a message that was acknowledged. */
  readonly keys: number;
  /** Of these, without their newest message. */
  readonly missing: number;
  /** Messages that were there though a newer one of their key was. */
  readonly replaced: number;
  /** Since the oldest of them was sent; 0 where there is none. */
  readonly oldestReplacedMs: number;
}

export function wasReadAgain({ ready, whole, acknowledged }: ReadAgain): boolean {
  return ready && whole && acknowledged > 0;
}

export function describeReadAgain(
  evidence: ReadAgain,
): readonly (readonly [string, string | number])[] {
  const { ready, whole, acknowledged, seen, ofKeys, startsAgain, otherwise, disturbed } = evidence;
  return [
    ['came when it should', ready ? 'yes' : 'no'],
    ['read to the end', whole ? 'yes' : 'no'],
    ['messages acknowledged', acknowledged],
    ['messages that a later reader found', seen],
    ['keys', ofKeys.keys],
    ['keys without their newest message', ofKeys.missing],
    ['messages that a newer one had replaced', ofKeys.replaced],
    ['milliseconds since the oldest of these was sent', Math.round(ofKeys.oldestReplacedMs)],
    ['read again from', startsAgain.length === 0 ? 'nowhere' : startsAgain.join(', ')],
    ...(startsAgain.length === 0
      ? []
      : ([['copies that came otherwise then', otherwise]] as const)),
    ['copies that consumers got meanwhile', disturbed],
  ];
}
