import type { CommitLog } from '../journal/commit-log.ts';
import type { Keeps } from '../rules.ts';
import { Follower } from './follower.ts';
import { Leader } from './leader.ts';
import {
  type ClusterState,
  holds,
  isSame,
  type Member,
  type NodeId,
  type ToController,
  type ToReplica,
} from './messages.ts';
import type { ReplicaLog } from './replica-log.ts';

export interface ReplicaOptions {
  readonly self: Member;
  /** See `ToController`, and `Replica.mayLack`. */
  readonly mayLack: boolean;
  readonly minInSync: number;
  /** How often a node tells the controller that it is there; a small part of the controller's `sessionMs`. */
  readonly heartbeatMs: number;
  readonly lagMs: number;
  readonly fetchWaitMs: number;
  readonly fetchBytes: number;
  readonly keeps: Keeps;
}

/** The ways out of a replica. Messages may be lost, delayed and overtaken. */
export interface ReplicaPorts {
  readonly toController: (message: ToController) => void;
  readonly toReplica: (to: NodeId, message: ToReplica) => void;
  /** From now on this node takes requests, over `log`, whose entries so far `ReplicaLog.replay` tells. */
  readonly lead: (log: CommitLog) => void;
  /** It leads no more: nobody gets an answer from it, and what was asked may have been done or not. */
  readonly resign: () => void;
  readonly truncated: (entries: number) => void;
}

type Role =
  | { readonly kind: 'idle' }
  | { readonly kind: 'leader'; readonly leader: Leader }
  | { readonly kind: 'follower'; readonly follower: Follower };

/** Until the leader is asked again, beyond the time that it may wait. */
const answerMs = 30;

/**
 * One node's part in the replication: it does what the newest state of the controller that it has heard of
 * makes of it, and takes nothing from an older epoch.
 */
export class Replica {
  readonly #log: ReplicaLog;
  readonly #options: ReplicaOptions;
  readonly #ports: ReplicaPorts;
  #state: ClusterState | undefined;
  #role: Role = { kind: 'idle' };
  #heartbeatMs = Number.NEGATIVE_INFINITY;
  #requests = 0;
  #mayLack: boolean;

  constructor(log: ReplicaLog, options: ReplicaOptions, ports: ReplicaPorts) {
    this.#log = log;
    this.#options = options;
    this.#mayLack = options.mayLack;
    this.#ports = ports;
  }

  /** The leader that this node is, or believes to be. */
  get leader(): Leader | undefined {
    return this.#role.kind === 'leader' ? this.#role.leader : undefined;
  }

  get epoch(): number {
    return this.#state?.epoch ?? 0;
  }

  /**
   * Whether the next start must say that it may lack what it held: from a power loss on until the controller
   * counts this start among those in sync. A host remembers it beyond the process.
   */
  get mayLack(): boolean {
    return this.#mayLack;
  }

  receive(message: ToReplica, nowMs: number): void {
    if (message.kind === 'cluster') return this.#decided(message.state, nowMs);
    if (message.epoch !== this.epoch && this.#options.keeps('fence-old-epochs')) return;
    if (message.kind === 'fetch') return this.leader?.fetch(message, nowMs);
    const isMine = isSame(message.to, this.#options.self);
    if (isMine && this.#role.kind === 'follower') this.#role.follower.receive(message, nowMs);
  }

  /** Call it at least every `heartbeatMs`. */
  tick(nowMs: number): void {
    const { self: from, heartbeatMs } = this.#options;
    this.#log.tick(nowMs);
    if (nowMs - this.#heartbeatMs >= heartbeatMs) {
      this.#heartbeatMs = nowMs;
      this.#ports.toController({ kind: 'heartbeat', from, mayLack: this.#mayLack });
    }
    if (this.#role.kind === 'leader') this.#role.leader.tick(nowMs);
    if (this.#role.kind === 'follower') this.#role.follower.tick(nowMs);
  }

  #decided(state: ClusterState, nowMs: number): void {
    const known = this.#state;
    const isOld = known !== undefined && state.version <= known.version;
    if (isOld && this.#options.keeps('fence-old-epochs')) return;
    this.#state = state;
    if (holds(state.inSync, this.#options.self)) this.#mayLack = false;
    const isSameTerm = known?.epoch === state.epoch && isSame(known.leader, state.leader);
    if (!isSameTerm) this.#takeRole(state, nowMs);
    else if (this.#role.kind === 'leader') this.#role.leader.altered(state, nowMs);
  }

  #takeRole(state: ClusterState, nowMs: number): void {
    if (this.#role.kind === 'leader') {
      this.#role.leader.end();
      this.#ports.resign();
    }
    if (this.#role.kind === 'follower') this.#role.follower.end();
    this.#role = { kind: 'idle' };
    if (state.leader === undefined) return;
    if (isSame(state.leader, this.#options.self)) this.#lead(state, nowMs);
    else if (state.leader.node !== this.#options.self.node) this.#follow(state, nowMs);
  }

  #lead(state: ClusterState, nowMs: number): void {
    const { toController: propose, toReplica: answer, lead } = this.#ports;
    const options = { ...this.#options, log: this.#log, answer, propose };
    const leader = new Leader(options, state, nowMs);
    this.#role = { kind: 'leader', leader };
    lead(leader);
  }

  #follow({ epoch, leader }: ClusterState, nowMs: number): void {
    if (leader === undefined) return;
    const { self, fetchWaitMs } = this.#options;
    const { toReplica, truncated } = this.#ports;
    const send = (fetch: ToReplica): void => toReplica(leader.node, fetch);
    const retryMs = fetchWaitMs + answerMs;
    const nextRequest = (): number => {
      this.#requests += 1;
      return this.#requests;
    };
    const options = { log: this.#log, self, epoch, retryMs, nextRequest, send, truncated };
    this.#role = { kind: 'follower', follower: new Follower(options, nowMs) };
  }
}
