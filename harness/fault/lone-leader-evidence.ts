/** What a leader did while its followers stood still, for longer than it takes to be out of sync. */
export interface AloneEvidence {
  readonly followersPaused: number;
  readonly pausedMs: number;
  /** Sends that were certainly not stored meanwhile. */
  readonly refused: number;
  /** All sends that ended meanwhile and were not acknowledged, by why. */
  readonly unacknowledged: Readonly<Record<string, number>>;
  /** Sends that were acknowledged when the followers were out of sync. */
  readonly acknowledgedAlone: number;
}

export interface StalledFollowers extends AloneEvidence {
  readonly kind: 'stall-followers';
  /** Sends acknowledged at a later attempt than the first, those among them that waited for the followers. */
  readonly acknowledgedLater: number;
  /** From the followers' return to the next acknowledgement; undefined: there was none in time. */
  readonly resumedMs: number | undefined;
}

export interface StruckLoneLeader extends AloneEvidence {
  readonly kind: 'strike-lone-leader';
  readonly pid: number;
  readonly gone: boolean;
  /** Sends without an answer when it died. */
  readonly unanswered: number;
  /** What went with its power; undefined where it kept that. */
  readonly lostBytes: number | undefined;
  /** Who led while it was down; undefined: nobody did. */
  readonly ledMeanwhile: string | undefined;
  /** Who leads when it is back; undefined: nobody did in time. */
  readonly leadsAfterwards: string | undefined;
}

/**
 * Followers that stood still prove nothing by themselves: somebody must have noticed, by a refusal, by an
 * acknowledgement that the leader gave alone, or by having to send again.
 */
export function didStall(evidence: StalledFollowers): boolean {
  const { followersPaused, refused, acknowledgedAlone, acknowledgedLater } = evidence;
  return followersPaused > 0 && refused + acknowledgedAlone + acknowledgedLater > 0;
}

/** As above; and where it had refused nobody and acknowledged nothing, something must have waited for it. */
export function wasStruckAlone(evidence: StruckLoneLeader): boolean {
  const { gone, followersPaused, refused, acknowledgedAlone, unanswered } = evidence;
  const mattered = refused + acknowledgedAlone + unanswered > 0;
  return gone && followersPaused > 0 && mattered && evidence.leadsAfterwards !== undefined;
}

type Row = readonly [name: string, value: string | number];

export function describeStall(evidence: StalledFollowers): readonly Row[] {
  return [
    ...describeAlone(evidence),
    ['sends acknowledged at a later attempt', evidence.acknowledgedLater],
    [
      'milliseconds until sends were acknowledged again',
      evidence.resumedMs === undefined ? 'never' : Math.round(evidence.resumedMs),
    ],
  ];
}

export function describeStrike(evidence: StruckLoneLeader): readonly Row[] {
  const { lostBytes } = evidence;
  return [
    ...describeAlone(evidence),
    ['sends unanswered when it died', evidence.unanswered],
    ['process', evidence.pid],
    ['process seen gone', evidence.gone ? 'yes' : 'no'],
    ...(lostBytes === undefined ? [] : [['bytes lost that were not synced', lostBytes] as const]),
    ['led while it was down', evidence.ledMeanwhile ?? 'nobody'],
    ['leads afterwards', evidence.leadsAfterwards ?? 'nobody'],
  ];
}

function describeAlone(evidence: AloneEvidence): readonly Row[] {
  return [
    ['followers that stood still', evidence.followersPaused],
    ['milliseconds they stood still', Math.round(evidence.pausedMs)],
    ['sends refused meanwhile', evidence.refused],
    ...Object.entries(evidence.unacknowledged),
    ['sends acknowledged by the leader alone', evidence.acknowledgedAlone],
  ];
}
