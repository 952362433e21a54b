import { leaderAmong, type ReplicaNode } from './replicas.ts';
import type { Stage } from './stage.ts';
import { sleep } from './waiting.ts';

/** In which sends gather that nobody answers. */
const gatherMs = 200;

export interface Succession {
  /** Sends without an answer, a moment after the leader was out of reach. */
  readonly inFlight: number;
  /** Who leads instead; undefined: nobody did in time, or nothing is replicated. */
  readonly successor: ReplicaNode | undefined;
}

/**
 * The load goes on while the leader is out of reach, until another one leads.
 * @param patienceMs beyond the time in which whoever may succeed it should
 */
export async function untilSucceeded(
  leader: ReplicaNode,
  others: readonly ReplicaNode[],
  stage: Stage,
  patienceMs: number,
): Promise<Succession> {
  const { troupe, environment, cell } = stage;
  const { successionMs } = leader.replica;
  troupe.release();
  await sleep(gatherMs, environment.signal);
  const inFlight = troupe.unsettledSends();
  if (!cell.traits.replicated) {
    await sleep(successionMs, environment.signal);
    return { inFlight, successor: undefined };
  }
  return { inFlight, successor: await leaderAmong(others, stage, successionMs + patienceMs) };
}
