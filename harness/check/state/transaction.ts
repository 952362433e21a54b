import type { Position } from '../../core/position.ts';

/** An offset commit that travels with a transaction and takes effect with it. */
export interface CarriedOffset {
  readonly group: number;
  readonly scope: number;
  readonly position: Position;
}

/** One transaction while something about it is undecided; its lists live in the pools of the state. */
export class Transaction {
  readonly id: number;
  readonly beganNs: number;
  readonly actor: number;
  /** The number of its transactional id; of a transaction that never began, one made from its actor. */
  producer: number;
  /** `noEpoch` when nobody said it. */
  epoch: number;
  /** Heads of lists: what it wrote, what it consumed, and which outputs were made from which inputs. */
  writes = -1;
  reads = -1;
  derived = -1;
  /** The group that it consumes for; -1 when it consumes nothing that is known. */
  group = -1;
  /** The last of each group and scope. */
  readonly offsets: CarriedOffset[] = [];
  /** Requests for a commit: ever made, not answered yet, and answered with an unknown outcome. */
  asked = false;
  askedOpen = 0;
  askedUnknown = false;
  outcome: 'open' | 'committed' | 'aborted' = 'open';
  /** A later epoch of its transactional id took over while it was open. */
  fenced = false;

  constructor(id: number, producer: number, epoch: number, actor: number, beganNs: number) {
    this.id = id;
    this.producer = producer;
    this.epoch = epoch;
    this.actor = actor;
    this.beganNs = beganNs;
  }

  /** A commit was requested, and nothing says that it was not applied. */
  get isUnclear(): boolean {
    return this.askedOpen > 0 || this.askedUnknown;
  }

  get consumes(): boolean {
    return this.group >= 0;
  }
}
