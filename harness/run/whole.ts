import type { BrokerNode, Replica } from '../../engines/provisioner.ts';
import type { LiveTarget } from './live-target.ts';
import { waitUntil } from './waiting.ts';
import { within } from './within.ts';

/** Longer than a node that has just come back takes to catch up with what a cell wrote. */
export const healingMs = 20_000;
const pollMs = 100;
/** Of one look at one node. */
const lookMs = 5_000;

/** Whether a target can be handed to another cell, with what was seen. */
export type Wholeness =
  | { readonly is: 'whole' }
  /** Nodes that do not run, or do not have all the others. */
  | { readonly is: 'broken'; readonly nodes: readonly string[] };

/**
 * Whether every process of a cluster runs and every node says that it has all the others, within a time in which it may heal. What
 * was struck in one cell must not be what the next one finds. Of nodes that replicate nothing, and of what runs
 * elsewhere, nothing can be asked.
 */
export async function wholeness(
  { access }: LiveTarget,
  isRunning: (pid: number) => boolean,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Wholeness> {
  if (access.kind === 'external') return { is: 'whole' };
  let broken: readonly string[] = [];
  const look = async (): Promise<boolean> => {
    const all = [...access.nodes, ...access.controllers];
    const seen = await Promise.all(all.map((node) => isGood(node, isRunning, signal)));
    broken = all.filter((_, at) => seen[at] !== true).map(({ name }) => name);
    return broken.length === 0;
  };
  const isWhole = await waitUntil(look, timeoutMs, pollMs, signal);
  return isWhole ? { is: 'whole' } : { is: 'broken', nodes: broken };
}

async function isGood(
  node: Pick<BrokerNode, 'pid' | 'replica'>,
  isRunning: (pid: number) => boolean,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    if (!isRunning(node.pid())) return false;
    return node.replica === undefined || (await hasAll(node.replica, signal));
  } catch {
    // It is down, or says nothing in time.
    signal.throwIfAborted();
    return false;
  }
}

const hasAll = (replica: Replica, signal: AbortSignal): Promise<boolean> =>
  within(replica.hasAll(), 'a look at a cluster', lookMs, signal);
