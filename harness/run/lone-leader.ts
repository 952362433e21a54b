import type { AloneEvidence } from '../fault/lone-leader-evidence.ts';
import { type ReplicaNode, whileStill } from './replicas.ts';
import type { Stage } from './stage.ts';
import { endedOtherwise } from './unacknowledged.ts';
import { sleep } from './waiting.ts';

/**
 * The followers of a leader stand still until they are out of sync, and for `aloneMs` more; then `act`
 * happens, and they go on.
 */
export async function whileAlone<T>(
  leader: ReplicaNode,
  followers: readonly ReplicaNode[],
  aloneMs: number,
  stage: Stage,
  act: () => Promise<T>,
): Promise<{ readonly alone: AloneEvidence; readonly acted: T }> {
  const { clock, signal } = stage.environment;
  const { tally } = stage.history;
  const startedNs = clock.nowNs();
  const failedBefore = tally.failed;
  const codesBefore = new Map(tally.codes);
  let acknowledgedBefore = 0;
  const acted = await whileStill(followers, async () => {
    stage.troupe.release();
    await sleep(leader.replica.outOfSyncMs, signal);
    acknowledgedBefore = stage.troupe.acknowledged();
    await sleep(aloneMs, signal);
    return act();
  });
  const alone: AloneEvidence = {
    followersPaused: followers.length,
    pausedMs: (clock.nowNs() - startedNs) / 1e6,
    refused: tally.failed - failedBefore,
    unacknowledged: endedOtherwise(stage, codesBefore),
    acknowledgedAlone: stage.troupe.acknowledged() - acknowledgedBefore,
  };
  return { alone, acted };
}
