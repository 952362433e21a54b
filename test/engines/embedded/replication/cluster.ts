import type { CommitLog } from '../../../../engines/embedded/journal/commit-log.ts';
import type { FsyncPolicy } from '../../../../engines/embedded/journal/journal.ts';
import { Controller } from '../../../../engines/embedded/replication/controller.ts';
import type {
  Member,
  ToController,
  ToReplica,
} from '../../../../engines/embedded/replication/messages.ts';
import { Replica } from '../../../../engines/embedded/replication/replica.ts';
import { ReplicaLog } from '../../../../engines/embedded/replication/replica-log.ts';
import type { Rule } from '../../../../engines/embedded/rules.ts';
import { LossyStorage } from './lossy-storage.ts';

export interface ClusterOptions {
  readonly nodes: number;
  readonly minInSync: number;
  readonly fsync: FsyncPolicy;
  readonly uncleanElection?: boolean;
  readonly broken?: Rule;
}

/** A process that runs. */
export interface Life {
  readonly log: ReplicaLog;
  readonly replica: Replica;
}

export interface Node {
  readonly storage: LossyStorage;
  incarnation: number;
  mayLack: boolean;
  life: Life | undefined;
}

interface OnItsWay {
  readonly from: number;
  readonly to: number;
  readonly deliver: () => void;
}

/** The number of the controller among senders and receivers. */
export const controllerId = -1;

const times = { heartbeatMs: 5, lagMs: 60, fetchWaitMs: 15, sessionMs: 40 };

/** Replicas and their controller, whose messages wait until somebody delivers or drops them. */
export class Cluster {
  nowMs = 0;
  readonly nodes: readonly Node[];
  readonly controller: Controller;
  readonly messages: OnItsWay[] = [];
  readonly truncations: number[] = [];
  /** Pairs that do not reach each other, as `a-b` with a below b. */
  readonly cut = new Set<string>();
  readonly #options: ClusterOptions;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.controller = new Controller({
      nodes: options.nodes,
      sessionMs: times.sessionMs,
      uncleanElection: options.uncleanElection ?? false,
      keeps: (rule) => rule !== options.broken,
      send: (to, state) => this.#send(controllerId, to, { kind: 'cluster', state }),
    });
    this.nodes = Array.from({ length: options.nodes }, () => {
      return { storage: new LossyStorage(), incarnation: 0, mayLack: false, life: undefined };
    });
    for (const index of this.nodes.keys()) this.start(index);
  }

  node(index: number): Node {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`there is no node ${index}`);
    return node;
  }

  start(index: number): void {
    const node = this.node(index);
    if (node.life !== undefined) return;
    node.incarnation += 1;
    const self: Member = { node: index, incarnation: node.incarnation };
    const { minInSync, fsync, broken } = this.#options;
    const keeps = (rule: Rule): boolean => rule !== broken;
    const log = new ReplicaLog(node.storage, {
      fsync,
      segmentBytes: 256,
      salt: () => index + 1,
      onFailure: (error) => {
        throw error;
      },
      keeps,
    });
    const options = { self, mayLack: node.mayLack, minInSync, ...times, fetchBytes: 64, keeps };
    const replica = new Replica(log, options, {
      toController: (message) => this.#sendToController(index, message),
      toReplica: (to, message) => this.#send(index, to, message),
      lead: () => {},
      resign: () => {},
      truncated: (entries) => this.truncations.push(entries),
    });
    node.life = { log, replica };
    replica.tick(this.nowMs);
  }

  kill(index: number): void {
    const node = this.node(index);
    this.#end(node);
    node.storage.loseProcess();
  }

  losePower(index: number): void {
    const node = this.node(index);
    this.#end(node);
    node.storage.losePower();
    // Whatever it had acknowledged before it was synced is gone.
    node.mayLack ||= this.#options.fsync.kind !== 'every-batch';
  }

  /** The leader that this node is, or believes to be. */
  leaderAt(index: number): CommitLog | undefined {
    return this.node(index).life?.replica.leader;
  }

  deliver(at: number): void {
    const [message] = this.messages.splice(at, 1);
    if (message === undefined || this.#isCut(message.from, message.to)) return;
    message.deliver();
  }

  tick(byMs: number): void {
    this.nowMs += byMs;
    this.controller.tick(this.nowMs);
    for (const { life } of this.nodes) life?.replica.tick(this.nowMs);
  }

  endSyncs(): void {
    for (const { storage } of this.nodes) storage.endSyncs();
  }

  /** Everything arrives in its order, and time goes on. */
  settle(forMs: number): void {
    for (const untilMs = this.nowMs + forMs; this.nowMs < untilMs; ) {
      this.tick(5);
      for (let left = 1_000; left > 0 && this.messages.length > 0; left -= 1) {
        this.deliver(0);
        this.endSyncs();
      }
    }
  }

  #end(node: Node): void {
    if (node.life !== undefined) node.mayLack = node.life.replica.mayLack;
    node.life = undefined;
  }

  #isCut(a: number, b: number): boolean {
    return this.cut.has(`${Math.min(a, b)}-${Math.max(a, b)}`);
  }

  #sendToController(from: number, message: ToController): void {
    const deliver = (): void => this.controller.receive(message, this.nowMs);
    this.messages.push({ from, to: controllerId, deliver });
  }

  #send(from: number, to: number, message: ToReplica): void {
    const deliver = (): void => this.nodes[to]?.life?.replica.receive(message, this.nowMs);
    this.messages.push({ from, to, deliver });
  }
}
