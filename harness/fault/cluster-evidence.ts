/** Every node of a target died, and all came back. */
export interface KilledAll {
  readonly kind: 'kill-all';
  readonly nodes: number;
  /** Processes that were seen to be gone. */
  readonly gone: number;
  /** From the first kill until the last of them was gone. */
  readonly tookMs: number;
  /** Who leads when all are back; undefined: nobody did in time. */
  readonly leadsAfterwards: string | undefined;
  /** From the start of the nodes to the next acknowledgement. */
  readonly resumedMs: number | 'never' | 'nothing is acknowledged';
}

/** A leader stood still until another led, and for a while more, and went on. */
export interface PausedLeader {
  readonly kind: 'pause-leader';
  readonly pid: number;
  readonly pausedMs: number;
  /** Whether anybody could succeed it. */
  readonly replicated: boolean;
  /** Who led meanwhile; undefined: nobody did in time. */
  readonly ledMeanwhile: string | undefined;
  /** Sends that were acknowledged under that one while the other stood still. */
  readonly acknowledgedMeanwhile: number;
  /** Who leads when both run; undefined: nobody did in time. */
  readonly leadsAfterwards: string | undefined;
}

/** One node after another was asked to end and started again, under load. */
export interface RestartedEach {
  readonly kind: 'restart-each';
  readonly nodes: number;
  /** Those whose process was seen to be gone and that came back as another one. */
  readonly restarted: number;
  /** Those that did not end in time, and were killed. */
  readonly forced: number;
  /** Those that led when they were stopped. */
  readonly leading: number;
  /** Those that were stopped while somebody still had something to send. */
  readonly underLoad: number;
  /** While they were. */
  readonly sent: number;
  readonly acknowledged: number;
  /** Sends that were certainly not stored. */
  readonly refused: number;
  /** All sends that ended and were not acknowledged, by why. */
  readonly unacknowledged: Readonly<Record<string, number>>;
}

/** Who is not led again cannot tell what was kept. */
export function wereKilled({ nodes, gone, leadsAfterwards }: KilledAll): boolean {
  return nodes > 0 && gone === nodes && leadsAfterwards !== undefined;
}

/**
 * Where another could lead it must have: else the first has nobody to give way to. Whether a client found that one
 * in time, or waited for the first, is the client's business; what waited, the guard counts.
 */
export function stoodStill({ replicated, ledMeanwhile, leadsAfterwards }: PausedLeader): boolean {
  return (ledMeanwhile !== undefined || !replicated) && leadsAfterwards !== undefined;
}

/** A node that went when the load was over puts nothing to the test. */
export function wereRestarted({ nodes, restarted, underLoad, sent }: RestartedEach): boolean {
  return nodes > 0 && restarted === nodes && underLoad === nodes && sent > 0;
}

type Row = readonly [name: string, value: string | number];

export function describeKilled(evidence: KilledAll): readonly Row[] {
  const { nodes, gone, tookMs, leadsAfterwards, resumedMs } = evidence;
  return [
    ['processes seen gone', `${gone} of ${nodes}`],
    ['milliseconds until the last was gone', Math.round(tookMs)],
    ['leads afterwards', leadsAfterwards ?? 'nobody'],
    [
      'milliseconds until sends were acknowledged again',
      typeof resumedMs === 'number' ? Math.round(resumedMs) : resumedMs,
    ],
  ];
}

export function describePaused(evidence: PausedLeader): readonly Row[] {
  return [
    ['process', evidence.pid],
    ['milliseconds it stood still', Math.round(evidence.pausedMs)],
    ['led meanwhile', evidence.ledMeanwhile ?? 'nobody'],
    ['sends acknowledged under that one meanwhile', evidence.acknowledgedMeanwhile],
    ['leads afterwards', evidence.leadsAfterwards ?? 'nobody'],
  ];
}

export function describeRestarted(evidence: RestartedEach): readonly Row[] {
  return [
    ['nodes restarted', `${evidence.restarted} of ${evidence.nodes}`],
    ['of these, killed because they did not end in time', evidence.forced],
    ['of these, led when they were stopped', evidence.leading],
    ['nodes stopped under load', `${evidence.underLoad} of ${evidence.nodes}`],
    ['sends meanwhile', evidence.sent],
    ['sends acknowledged meanwhile', evidence.acknowledged],
    ['sends refused meanwhile', evidence.refused],
    ...Object.entries(evidence.unacknowledged),
  ];
}
