/** The node that coordinated a group, or transactions, died, and another one coordinates them. */
export interface KilledCoordinator {
  readonly kind: 'kill-coordinator';
  readonly of: 'group' | 'transactions';
  readonly pid: number;
  /** The process was seen to be gone, not only told to go. */
  readonly gone: boolean;
  /** Who coordinates them instead; undefined: nobody did in time. */
  readonly successor: string | undefined;
  readonly succeededMs: number;
}

export function wasSucceeded({ gone, successor }: KilledCoordinator): boolean {
  return gone && successor !== undefined;
}

export function describeKilledCoordinator(
  evidence: KilledCoordinator,
): readonly (readonly [name: string, value: string | number])[] {
  return [
    ['coordinated', evidence.of === 'group' ? 'the group of the jobs' : 'transactions of a job'],
    ['process', evidence.pid],
    ['process seen gone', evidence.gone ? 'yes' : 'no'],
    ['coordinates afterwards', evidence.successor ?? 'nobody'],
    ['milliseconds until another did', Math.round(evidence.succeededMs)],
  ];
}
