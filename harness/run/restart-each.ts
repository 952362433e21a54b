import type { BrokerNode } from '../../engines/provisioner.ts';
import type { FaultPlan } from '../../scenarios/scenario.ts';
import { invariant } from '../core/errors.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { leaderAmong, replicasOf } from './replicas.ts';
import type { Stage } from './stage.ts';
import { restart, stopInOrder, type Stopped } from './strike.ts';
import { endedOtherwise } from './unacknowledged.ts';
import { sleep } from './waiting.ts';

type RestartEach = FaultPlan & { readonly kind: 'restart-each' };

const leaderMs = 20_000;

/** As an upgrade does it: never more than one node is down, and the next waits until the last is back. */
export async function restartEach(
  plan: RestartEach,
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const nodes = replicasOf(stage);
  if (nodes.length === 0) return neverStarted(plan, stage, 'no broker process is ours');
  const { troupe, history } = stage;
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const acknowledgedBefore = troupe.acknowledged();
  const sentBefore = troupe.sent();
  const failedBefore = history.tally.failed;
  const codesBefore = new Map(history.tally.codes);
  let restarted = 0;
  let forced = 0;
  let leading = 0;
  let underLoad = 0;
  for (const node of nodes) {
    const leader = await leaderAmong(nodes, stage, leaderMs);
    if (leader === node) leading += 1;
    if (troupe.livingProducers().length > 0) underLoad += 1;
    const stopped = await comesBackAsAnother(node, stage);
    if (stopped.gone) restarted += 1;
    if (stopped.forced) forced += 1;
    await sleep(plan.betweenMs, stage.environment.signal);
  }
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: `${nodes.length} nodes`,
    startedNs,
    stoppedNs,
    // Nothing is aimed at: whoever is asked to go may answer first.
    inFlight: null,
    evidence: {
      kind: plan.kind,
      nodes: nodes.length,
      restarted,
      forced,
      leading,
      underLoad,
      sent: troupe.sent() - sentBefore,
      acknowledged: troupe.acknowledged() - acknowledgedBefore,
      refused: history.tally.failed - failedBefore,
      unacknowledged: endedOtherwise(stage, codesBefore),
    },
  });
}

async function comesBackAsAnother(node: BrokerNode, stage: Stage): Promise<Stopped> {
  const pid = node.pid();
  const stopped = await stopInOrder(node, stage);
  await restart(node, stage);
  invariant(node.pid() !== pid || !stopped.gone, 'a process that is gone does not come back');
  return stopped;
}
