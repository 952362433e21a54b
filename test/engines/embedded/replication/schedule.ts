import { JournalError } from '../../../../engines/embedded/journal/commit-log.ts';
import { Cluster, type ClusterOptions } from './cluster.ts';
import { Invariants } from './invariants.ts';

export interface Played {
  readonly cluster: Cluster;
  readonly invariants: Invariants;
  /** The first invariant that broke. */
  readonly broken: string | undefined;
  /** Instants at which a node led while another already did in a later epoch. */
  readonly zombies: number;
}

/** Plays one action for each number: any 32 bits mean something, so that any schedule can be shrunk. */
export function play(options: ClusterOptions, schedule: readonly number[]): Played {
  const cluster = new Cluster(options);
  const invariants = new Invariants(cluster);
  cluster.settle(20);
  let zombies = 0;
  let broken: string | undefined;
  for (const [step, choice] of schedule.entries()) {
    act(cluster, options, choice, step);
    const leaders = cluster.nodes.filter(({ life }) => life?.replica.leader !== undefined);
    if (leaders.length > 1) zombies += 1;
    broken ??= invariants.broken() ?? (step % 10 === 0 ? invariants.parted() : undefined);
    if (broken !== undefined) break;
  }
  return { cluster, invariants, broken, zombies };
}

function act(cluster: Cluster, options: ClusterOptions, choice: number, step: number): void {
  const what = choice % 128;
  const which = Math.floor(choice / 128);
  const index = which % options.nodes;
  if (cluster.messages.length > 80) cluster.deliver(0);
  if (what < 78) cluster.deliver(which % Math.max(1, Math.min(cluster.messages.length, 10)));
  else if (what < 80) cluster.messages.splice(which % Math.max(1, cluster.messages.length), 1);
  else if (what < 94) cluster.tick(1 + (which % 6));
  else if (what < 106) append(cluster, index, step);
  else if (what < 114) cluster.endSyncs();
  else if (what === 114) cluster.kill(index);
  else if (what === 115) losePower(cluster, options, index);
  else if (what < 122) cluster.start(index);
  else if (what < 124)
    toggleCut(cluster, which % (options.nodes + 1), Math.floor(which / 16) % options.nodes);
  else if (what < 126) cluster.cut.clear();
}

function append(cluster: Cluster, index: number, step: number): void {
  const leader = cluster.leaderAt(index);
  try {
    leader?.append([Buffer.from([step & 255, step >> 8])], step % 3 === 0 ? 'leader' : 'committed');
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
  }
}

/** Without syncs, one machine at a time: the next only when the last one is in sync again. */
function losePower(cluster: Cluster, { fsync }: ClusterOptions, index: number): void {
  const others = cluster.nodes.filter((_, other) => other !== index);
  const isAlone = others.every(({ mayLack, life }) => !(life?.replica.mayLack ?? mayLack));
  if (isAlone || fsync.kind === 'every-batch') cluster.losePower(index);
}

/** The controller is one more that can be cut off. */
function toggleCut(cluster: Cluster, a: number, b: number): void {
  const [one, other] = [a - 1, b];
  if (one === other) return;
  const pair = `${Math.min(one, other)}-${Math.max(one, other)}`;
  if (!cluster.cut.delete(pair)) cluster.cut.add(pair);
}

/** All nodes run, all messages arrive, and time goes on. */
export function heal(cluster: Cluster): void {
  cluster.cut.clear();
  for (const index of cluster.nodes.keys()) cluster.start(index);
  cluster.settle(600);
}
