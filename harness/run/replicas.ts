import type { BrokerNode, Replica, ReplicatedScope } from '../../engines/provisioner.ts';
import { AckmarkError, invariant } from '../core/errors.ts';
import type { Stage } from './stage.ts';
import { waitUntil } from './waiting.ts';
import { within } from './within.ts';

export type ReplicaNode = BrokerNode & { readonly replica: Replica };

/** Of one look; a node that takes longer is asked again. */
const lookUpMs = 2_000;
const lookUpPollMs = 20;

/** The nodes of the cell's target that replicate; none where it was not started here. */
export function replicasOf({ live: { access } }: Stage): readonly ReplicaNode[] {
  return access.kind === 'started' ? access.nodes.filter(isReplica) : [];
}

/** Whoever leads the scope that a fault aims at first; undefined when nobody does in time. */
export async function leaderAmong(
  nodes: readonly ReplicaNode[],
  stage: Stage,
  timeoutMs: number,
): Promise<ReplicaNode | undefined> {
  if (nodes.length === 0) return undefined;
  const { signal } = stage.environment;
  const scope = firstScope(stage);
  let leader: ReplicaNode | undefined;
  await waitUntil(
    async () => {
      const leading = await Promise.all(
        nodes.map(({ replica }) => says(within(replica.leads(scope), 'look-up', lookUpMs, signal))),
      );
      leader = nodes.find((_, at) => leading[at]);
      return leader !== undefined;
    },
    timeoutMs,
    lookUpPollMs,
    signal,
  );
  return leader;
}

/** They stand still while `act` runs, and go on whatever becomes of it. */
export async function whileStill<T>(
  nodes: readonly ReplicaNode[],
  act: () => Promise<T>,
): Promise<T> {
  try {
    await Promise.all(nodes.map(async ({ replica }) => replica.pause()));
    return await act();
  } finally {
    await Promise.all(nodes.map(async ({ replica }) => replica.resume()));
  }
}

/** Where scopes have leaders of their own, a fault aims at that of the first. */
function firstScope({ deployed }: Stage): ReplicatedScope {
  const [destination] = deployed.topology.destinations;
  const [subscription] = deployed.topology.subscriptions;
  invariant(
    destination !== undefined && subscription !== undefined,
    'a cell has a destination and a subscription',
  );
  return { destination: destination.name, subscription: subscription.name, scope: 0 };
}

function isReplica(node: BrokerNode): node is ReplicaNode {
  return node.replica !== undefined;
}

/** Whoever says nothing in time, because it stands still for example, does not say that it leads. */
async function says(leads: Promise<boolean>): Promise<boolean> {
  try {
    return await leads;
  } catch (error) {
    if (error instanceof AckmarkError && error.code === 'TIMED_OUT') return false;
    throw error;
  }
}
