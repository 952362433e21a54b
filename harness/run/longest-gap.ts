import { durabilityDomains } from '../core/clauses.ts';
import type { FaultRecord } from '../record/schema.ts';
import type { Stage } from './stage.ts';

/**
 * Says of every fault of the broker how long no send was acknowledged from its start on, until the next fault or
 * the end: what its clients notice of it.
 */
export function withLongestGap(
  faults: readonly FaultRecord[],
  { cell, history }: Stage,
  endNs: number,
): FaultRecord[] {
  const concerns = durabilityDomains.some((domain) => domain === cell.scenario.under);
  if (!concerns || cell.traits.sendReply === 'none') return [...faults];
  return faults.map((fault, index) => {
    const untilNs = faults[index + 1]?.startedNs ?? endNs;
    const gapNs = history.tally.acknowledged.longestGapNs(fault.startedNs, untilNs);
    const name = 'longest time without an acknowledgement, in milliseconds';
    return {
      ...fault,
      evidence: [...fault.evidence, { name, value: String(Math.round(gapNs / 1e6)) }],
    };
  });
}
