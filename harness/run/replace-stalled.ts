import type { FaultPlan } from '../../scenarios/scenario.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { castTransformer } from './cast.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { freezeHolding } from './freeze-holding.ts';
import type { Stage } from './stage.ts';
import { sleep, waitUntil } from './waiting.ts';

/** Longer than a member of a group that stands still is waited for. */
const takenOverMs = 30_000;
/** Longer than any lease that a scenario waits for. */
const leasesOverMs = 60_000;
/** Closing in good order, and a transaction that is refused, included. */
const leaveMs = 30_000;
const pollMs = 2;

/**
 * A zombie: a transformer stands still with work half done, and is given up for dead. Another one takes its place and
 * its transactional id; then the first goes on where it stood, ends what it had begun, as far as it may, and leaves. It
 * would only fight its successor for the id if it stayed. Where copies are leased it stands until all its leases have
 * ended: before that nobody else could have what it holds, and it would have been a pause and nothing more.
 */
export async function replaceStalled(
  plan: FaultPlan & { readonly kind: 'replace-stalled' },
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const [zombie] = stage.troupe.livingTransformers();
  if (zombie?.spec.role !== 'transformer') {
    return neverStarted(plan, stage, 'no transformer was alive');
  }
  const { signal, clock } = stage.environment;
  await freezeHolding(zombie, 'halfTransformed', stage);
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const { isFrozen, halfTransformed } = zombie.counters();
  const successor = await castTransformer(stage, zombie.spec.slot);
  const { leasedUntilNs } = zombie.counters();
  await waitUntil(() => clock.nowNs() >= leasedUntilNs, leasesOverMs, pollMs, signal);
  const settledBefore = leasedUntilNs === 0 ? 0 : successor.counters().settled;
  const settledSince = (): number => successor.counters().settled - settledBefore;
  await waitUntil(() => settledSince() > 0, takenOverMs, pollMs, signal);
  await sleep(plan.aloneMs, signal);
  const settledMeanwhile = settledSince();
  const stoodMs = (clock.nowNs() - startedNs) / 1e6;
  // Told before it goes on, so that it does not come back when it is refused.
  zombie.finish();
  zombie.thaw();
  await waitUntil(() => stage.troupe.over.has(zombie), leaveMs, pollMs, signal);
  const wentOn = stage.troupe.over.has(zombie) && (await zombie.ended).how === 'finished';
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: zombie.spec.name,
    startedNs,
    stoppedNs,
    inFlight: halfTransformed,
    evidence: {
      kind: plan.kind,
      stood: isFrozen,
      stoodMs,
      successor: successor.spec.name,
      settledMeanwhile,
      wentOn,
    },
  });
}
