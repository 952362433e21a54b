import type {
  BrokerNode,
  Coordinated,
  Replica,
  ReplicatedScope,
} from '../../engines/provisioner.ts';
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
  const scope = firstScope(stage);
  return firstWho(nodes, ({ replica }) => replica.leads(scope), stage, timeoutMs);
}

/** Who leads when all agree again: one that was apart says for a while that it leads still. */
export async function onlyLeaderAmong(
  nodes: readonly ReplicaNode[],
  stage: Stage,
  timeoutMs: number,
): Promise<ReplicaNode | undefined> {
  const scope = firstScope(stage);
  let leading: readonly ReplicaNode[] = [];
  const isOne = async (): Promise<boolean> => {
    leading = await thoseWho(nodes, ({ replica }) => replica.leads(scope), stage);
    return leading.length === 1;
  };
  const { signal } = stage.environment;
  return (await waitUntil(isOne, timeoutMs, lookUpPollMs, signal)) ? leading[0] : undefined;
}

/** Whoever coordinates it; undefined when nobody says so in time. */
export function coordinatorAmong(
  nodes: readonly ReplicaNode[],
  what: Coordinated,
  stage: Stage,
  timeoutMs: number,
): Promise<ReplicaNode | undefined> {
  const coordinates = async ({ replica }: ReplicaNode): Promise<boolean> =>
    (await replica.coordinates?.(what)) === true;
  return firstWho(nodes, coordinates, stage, timeoutMs);
}

/** The first that says so; undefined when none does in time. */
export async function firstWho<T>(
  nodes: readonly T[],
  does: (node: T) => Promise<boolean>,
  stage: Pick<Stage, 'environment'>,
  timeoutMs: number,
): Promise<T | undefined> {
  if (nodes.length === 0) return undefined;
  let found: T | undefined;
  const isFound = async (): Promise<boolean> => {
    [found] = await thoseWho(nodes, does, stage);
    return found !== undefined;
  };
  await waitUntil(isFound, timeoutMs, lookUpPollMs, stage.environment.signal);
  return found;
}

async function thoseWho<T>(
  nodes: readonly T[],
  does: (node: T) => Promise<boolean>,
  { environment: { signal } }: Pick<Stage, 'environment'>,
): Promise<readonly T[]> {
  const said = await Promise.all(
    nodes.map((node) => says(within(does(node), 'look-up', lookUpMs, signal))),
  );
  return nodes.filter((_, at) => said[at]);
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

/** Whoever says nothing in time, because it stands still for example, does not say that it does. */
async function says(does: Promise<boolean>): Promise<boolean> {
  try {
    return await does;
  } catch (error) {
    if (error instanceof AckmarkError && error.code === 'TIMED_OUT') return false;
    throw error;
  }
}
