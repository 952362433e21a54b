import type { SimulatedDisk, SimulatedWorld } from '../../simulation.ts';
import { openReplicated, type ReplicatedKind } from '../host/replicated.ts';
import type { FsyncPolicy } from '../journal/journal.ts';
import type { CommitLog } from '../journal/commit-log.ts';
import type { ToController, ToReplica } from '../replication/messages.ts';
import { Replica } from '../replication/replica.ts';
import { ReplicaLog } from '../replication/replica-log.ts';
import type { Rule } from '../rules.ts';
import { type ClockSkew, ProcessClock, wallClock } from './clock.ts';
import { Serving } from './serving.ts';

export interface ReplicaNodeOptions {
  readonly kind: ReplicatedKind;
  readonly fsync: FsyncPolicy;
  readonly nodes: number;
  readonly minInSync: number;
  readonly rebalanceTimeoutMs: number;
  readonly skew: ClockSkew;
  /** A segment must have room for several. */
  readonly largestEntryBytes: number;
  readonly toController: (message: ToController) => void;
  readonly toReplica: (to: number, message: ToReplica) => void;
  /** A client's request has been handled here. */
  readonly handled: (api: number) => void;
}

const times = { heartbeatMs: 5, lagMs: 80, fetchWaitMs: 15 };
const fetchBytes = 64 * 1024;
const segmentBytesLeast = 8_192;
const cacheBytes = 1024 * 1024;
const cleanupEveryMs = 100;

interface Life {
  readonly log: ReplicaLog;
  readonly replica: Replica;
  readonly clock: ProcessClock;
  readonly wallMs: () => number;
  /** While it leads. */
  serving: Serving | undefined;
}

/** A node of a simulated cluster: a replica in a machine of its own, which serves clients while it leads. */
export class ReplicaNode {
  readonly #world: SimulatedWorld;
  readonly #number: number;
  readonly #options: ReplicaNodeOptions;
  readonly #disk: SimulatedDisk;
  #incarnation = 0;
  #mayLack = false;
  #hasLostPower = false;
  #life: Life | undefined;

  constructor(world: SimulatedWorld, number: number, options: ReplicaNodeOptions) {
    this.#world = world;
    this.#number = number;
    this.#options = options;
    this.#disk = world.newDisk(`of node ${number}`);
  }

  get isUp(): boolean {
    return this.#life !== undefined;
  }

  /** Undefined while it does not lead, as far as it knows. */
  get serving(): Serving | undefined {
    return this.#life?.serving;
  }

  /** Whether it leads and everything in its log is committed. */
  get isSettled(): boolean {
    const { replica, log } = this.#life ?? {};
    return replica?.leader !== undefined && replica.leader.highWatermark === log?.end;
  }

  /** It has lost power and is not in sync again. */
  get mayLack(): boolean {
    return this.#life?.replica.mayLack ?? this.#mayLack;
  }

  start(): void {
    this.#incarnation += 1;
    const name = `node ${this.#number}`;
    const random = this.#world.random(`salt of ${name} in life ${this.#incarnation}`);
    const keeps = (rule: Rule): boolean => !this.#world.isBroken(rule);
    const { fsync, skew, largestEntryBytes } = this.#options;
    const segmentBytes = Math.max(segmentBytesLeast, 2 * largestEntryBytes);
    const salt = (): number => random.uint32();
    const onFailure = (): void => this.kill();
    const journal = { fsync, segmentBytes, salt, onFailure, keeps };
    const mayHaveLostPower = this.#hasLostPower;
    const log = new ReplicaLog(this.#disk, { ...journal, mayHaveLostPower });
    this.#hasLostPower = false;
    if (log.truncatedBytes > 0) this.#world.mark('recovery cut off a torn tail');
    const replica = this.#newReplica(log, keeps);
    const clock = new ProcessClock(this.#world, name, skew);
    const wallMs = wallClock(this.#world, name, skew);
    this.#life = { log, replica, clock, wallMs, serving: undefined };
    this.#tick(this.#life);
  }

  receive(message: ToReplica): void {
    if (this.#life !== undefined) this.#life.replica.receive(message, this.#life.clock.nowMs);
  }

  /** kill -9: what was written is on the disk's way. */
  kill(): void {
    this.#die();
    this.#disk.loseProcess();
  }

  losePower(): void {
    this.#die();
    this.#disk.losePower();
    this.#hasLostPower = true;
    // Synced before it was acknowledged, nothing that counts can be missing.
    this.#mayLack ||= this.#options.fsync.kind !== 'every-batch';
  }

  #newReplica(log: ReplicaLog, keeps: (rule: Rule) => boolean): Replica {
    const { toController, toReplica, minInSync } = this.#options;
    const self = { node: this.#number, incarnation: this.#incarnation };
    const options = { self, mayLack: this.#mayLack, minInSync, ...times, fetchBytes, keeps };
    return new Replica(log, options, {
      toController,
      toReplica,
      lead: (leader) => this.#lead(leader),
      resign: () => this.#resign(),
      truncated: () => this.#world.mark('a follower cut off what its leader did not have'),
    });
  }

  #lead(leader: CommitLog): void {
    if (this.#life === undefined) return;
    const { log, clock, wallMs } = this.#life;
    const { kind, rebalanceTimeoutMs, handled } = this.#options;
    const keeps = (rule: Rule): boolean => !this.#world.isBroken(rule);
    const times = { rebalanceTimeoutMs, cleanupEveryMs, wallMs };
    const copies = { replicas: this.#options.nodes, minInSync: this.#options.minInSync };
    const options = { ...times, cacheBytes, keeps, copies };
    const service = openReplicated(kind, leader, log, options);
    this.#life.serving = new Serving({ world: this.#world, service, clock, handled });
  }

  #resign(): void {
    this.#life?.serving?.end();
    if (this.#life !== undefined) this.#life.serving = undefined;
  }

  #die(): void {
    this.#mayLack = this.mayLack;
    this.#resign();
    this.#life = undefined;
  }

  #tick(life: Life): void {
    if (this.#life !== life) return;
    life.replica.tick(life.clock.nowMs);
    life.clock.after(times.heartbeatMs, () => this.#tick(life));
  }
}
