/** A leader and the other nodes could not reach each other until another led, and for a while more. */
export interface IsolatedLeader {
  readonly kind: 'isolate-leader';
  readonly isolatedMs: number;
  /** Its connections with other nodes on which nothing passed, as its kernel told at the end. */
  readonly stuck: {
    readonly open: number;
    readonly opening: number;
    readonly unacknowledgedBytes: number;
  };
  /** Whether anybody could succeed it. */
  readonly replicated: boolean;
  /** Who led among the others; undefined: nobody did in time. */
  readonly ledMeanwhile: string | undefined;
  /** Sends that were acknowledged before that one led. */
  readonly acknowledgedAlone: number;
  /** Whether a look-up at the isolated one found at the end that it leads. */
  readonly stillLeads: boolean;
  /** Sends that were acknowledged, by whomever, while two could have led. */
  readonly acknowledgedMeanwhile: number;
  /** Who leads when all reach each other; undefined: nobody did in time. */
  readonly leadsAfterwards: string | undefined;
}

/** Nodes that had nothing to say to each other were not parted by anything. */
export function wasIsolated(evidence: IsolatedLeader): boolean {
  const { stuck, replicated, ledMeanwhile, leadsAfterwards } = evidence;
  const isParted = stuck.open + stuck.opening > 0;
  return isParted && (ledMeanwhile !== undefined || !replicated) && leadsAfterwards !== undefined;
}

export function describeIsolated(
  evidence: IsolatedLeader,
): readonly (readonly [name: string, value: string | number])[] {
  const { stuck } = evidence;
  return [
    ['milliseconds it was isolated', Math.round(evidence.isolatedMs)],
    ['its connections with other nodes on which nothing passed', stuck.open],
    ['bytes that waited on them', stuck.unacknowledgedBytes],
    ['connections with other nodes that were not made', stuck.opening],
    ['led meanwhile among the others', evidence.ledMeanwhile ?? 'nobody'],
    ['sends acknowledged before that one led', evidence.acknowledgedAlone],
    ['a look-up still found that the isolated one leads', evidence.stillLeads ? 'yes' : 'no'],
    ['sends acknowledged while another could lead', evidence.acknowledgedMeanwhile],
    ['leads afterwards', evidence.leadsAfterwards ?? 'nobody'],
  ];
}
