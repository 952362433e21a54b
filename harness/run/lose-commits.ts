import type { FaultPlan } from '../../scenarios/scenario.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { loadTimeoutMs } from './load-timeout.ts';
import type { Stage } from './stage.ts';

/** What the jobs' other system answers to a COMMIT is swallowed behind it, and the connection cut. */
export async function loseCommits(
  plan: FaultPlan & { readonly kind: 'lose-commit' },
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const { ledger } = stage;
  if (ledger?.proxy === undefined) {
    return neverStarted(plan, stage, 'there is no proxy in the way');
  }
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const lost = await ledger.proxy.loseResponses({
    times: plan.times,
    everyMs: plan.everyMs,
    timeoutMs: loadTimeoutMs(stage),
    signal: stage.environment.signal,
  });
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: `the proxy of ${ledger.title}`,
    startedNs,
    stoppedNs,
    inFlight: lost.sendsAnswered,
    evidence: { kind: plan.kind, ...lost },
  });
}
