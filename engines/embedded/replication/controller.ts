import type { Keeps } from '../rules.ts';
import {
  type ClusterState,
  isSame,
  type Member,
  type NodeId,
  type ToController,
} from './messages.ts';

export interface ControllerOptions {
  readonly nodes: number;
  /** A node that was not heard of for so long is taken for dead. */
  readonly sessionMs: number;
  /**
   * Whether, when no in-sync replica is there, any other may lead: the cluster is available again, and what
   * that one lacks is lost, acknowledged or not.
   */
  readonly uncleanElection: boolean;
  readonly keeps: Keeps;
  readonly send: (to: NodeId, state: ClusterState) => void;
}

interface Heard {
  readonly incarnation: number;
  lastMs: number;
}

/**
 * Who leads, under which epoch, and who is in sync: a state machine of its own, outside the nodes, that does
 * not fail. It decides alone, so no two leaders of one epoch can be; which of several leaders is the valid one
 * is for the epochs to tell.
 */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #heard = new Map<NodeId, Heard>();
  #state: ClusterState;

  constructor(options: ControllerOptions) {
    this.#options = options;
    // Logs that nobody has written are equal.
    const inSync = Array.from({ length: options.nodes }, (_, node) => ({ node, incarnation: 0 }));
    this.#state = { version: 0, epoch: 0, leader: undefined, inSync };
  }

  get state(): ClusterState {
    return this.#state;
  }

  receive(message: ToController, nowMs: number): void {
    const { version } = this.#state;
    const { node, incarnation } = message.from;
    const known = this.#heard.get(node)?.incarnation ?? 0;
    if (incarnation < known) return;
    if (message.kind === 'heartbeat') {
      if (incarnation > known) this.#started(message.from, message.mayLack);
      this.#heard.set(node, { incarnation, lastMs: nowMs });
      if (this.#state.leader === undefined) this.#elect(nowMs);
    } else this.#alter(message);
    if (this.#state.version === version) this.#options.send(node, this.#state);
    else this.#tellAll();
  }

  /** Call it at least every quarter of `sessionMs`. */
  tick(nowMs: number): void {
    const { version, leader } = this.#state;
    if (leader !== undefined && !this.#isAlive(leader, nowMs)) {
      this.#decide({ leader: undefined });
      this.#elect(nowMs);
    }
    if (this.#state.version !== version) this.#tellAll();
  }

  /** A new start of a node: it leads nothing, and what it may have lost does not count as in sync. */
  #started(member: Member, mayLack: boolean): void {
    const { leader, inSync } = this.#state;
    const others = inSync.filter(({ node }) => node !== member.node);
    const isInSync = others.length < inSync.length;
    // The last one stays, whatever it lost: nobody has more.
    const stays = isInSync && (!mayLack || others.length === 0);
    this.#decide({
      leader: leader?.node === member.node ? undefined : leader,
      inSync: stays ? [...others, member] : others,
    });
  }

  #alter({ from, epoch, version, inSync }: ToController & { kind: 'alter-in-sync' }): void {
    const isCurrent = epoch === this.#state.epoch && version === this.#state.version;
    if (this.#options.keeps('fence-old-epochs') && !isCurrent) return;
    const isValid = inSync.some((member) => isSame(member, from));
    const isKnown = inSync.every(({ node, incarnation }) => {
      return (this.#heard.get(node)?.incarnation ?? 0) === incarnation;
    });
    if (isValid && isKnown) this.#decide({ inSync });
  }

  #elect(nowMs: number): void {
    const { inSync, epoch } = this.#state;
    // The first in the order of nodes, however long it has been in sync, as with Kafka’s preferred replicas.
    const clean = inSync
      .filter((member) => this.#isAlive(member, nowMs))
      .toSorted((a, b) => a.node - b.node)[0];
    if (clean !== undefined) return this.#decide({ epoch: epoch + 1, leader: clean });
    const isClean = !this.#options.uncleanElection && this.#options.keeps('elect-in-sync');
    if (isClean) return;
    for (const [node, { incarnation }] of this.#heard) {
      const leader = { node, incarnation };
      if (!this.#isAlive(leader, nowMs)) continue;
      return this.#decide({ epoch: epoch + 1, leader, inSync: [leader] });
    }
  }

  #isAlive({ node, incarnation }: Member, nowMs: number): boolean {
    const heard = this.#heard.get(node);
    return heard?.incarnation === incarnation && nowMs - heard.lastMs < this.#options.sessionMs;
  }

  #decide(change: Partial<ClusterState>): void {
    this.#state = { ...this.#state, ...change, version: this.#state.version + 1 };
  }

  #tellAll(): void {
    for (const node of this.#heard.keys()) this.#options.send(node, this.#state);
  }
}
