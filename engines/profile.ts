import type { FaultDomain, Level, PromiseSet } from '../harness/core/clauses.ts';
import type { Deviation } from '../harness/core/deviations.ts';

export type { Deviation } from '../harness/core/deviations.ts';

/** What zod, or anything else with `parse`, provides: returns the value or throws saying what is wrong. */
export interface Schema<O> {
  parse(value: unknown): O;
}

/** A named, complete configuration and what it claims. */
export interface Profile<O> {
  readonly summary: string;
  readonly level: Level;
  readonly promises: readonly PromiseSet[];
  /** The faults under which the claims hold on the target that `nodes` describes. */
  readonly claimedUnder: readonly FaultDomain[];
  /** Clauses of the level that this profile does not claim, each with the document that says so. */
  readonly waived: readonly Waiver[];
  /** What it claims and is known to break for now, of one broker version or one emulator for example. */
  readonly deviations: readonly Deviation[];
  readonly consumption: Consumption;
  /**
   * How a job that reads, transforms and writes uses transactions. Absent: not at all; its input is settled
   * as `consumption` says, and sending the output is its processing.
   */
  readonly transform?: Transform;
  /** How such a job has an effect outside the system. Absent: each time that it works on a message. */
  readonly outsideEffects?: OutsideEffects;
  /** What a consumer does with a record that it cannot decode, after its retries. Absent: it sets it aside, in dead letters. */
  readonly undecodable?: Undecodable;
  /** When a consumer that collects rows commits what it has read. Absent: when they are in a file. */
  readonly collected?: Collected;
  /** How messages of one key are spread. Absent: they are not, all of them go to one partition. */
  readonly spread?: Spread;
  /** How a requester knows to which of its requests a reply belongs. Absent: both carry a correlation id. */
  readonly replies?: Replies;
  /** The document that states the guarantee, with the version it speaks of. */
  readonly source: string;
  /**
   * Where later versions of the system say something else, oldest first. The last one that the version which was
   * found has reached holds instead; where the system tells none, only what all of them and the profile promise.
   */
  readonly editions?: readonly Edition[];
  readonly options: O;
}

/** What a profile promises from a version of the system on. */
export interface Edition {
  /** The first version of which it holds: `4.3`. */
  readonly from: string;
  readonly promises: readonly PromiseSet[];
  /** As that of the profile. */
  readonly source: string;
}

/**
 * `in-transaction`: outputs and the progress of the input are committed as one. `offsets-apart`: the outputs
 * are, and the input is settled after that.
 */
export type Transform = 'in-transaction' | 'offsets-apart';

/** `composite-key`: to all partitions in turn, as where the key that is sent has a number besides the customer’s own. */
export type Spread = 'composite-key';

/** `in-turn`: nothing tells; it takes the next reply for that to the oldest request without one. */
export type Replies = 'in-turn';

/**
 * `idempotency-key`: with the identity of the message, by which the other system knows a repetition.
 * `key-after-commit`: that identity is looked for there first, and stored there apart, when the progress of the input
 * has been committed.
 */
export type OutsideEffects = 'idempotency-key' | 'key-after-commit';

/** `skipped`: it goes on, and nothing is left of the record. */
export type Undecodable = 'skipped';

/** `committed-before-written`: at once, while its rows are in memory alone. */
export type Collected = 'committed-before-written';

export interface Waiver {
  readonly clause: string;
  readonly because: string;
}

/**
 * When the consumer settles. `automatic`: the broker forgets a message when it hands it out (auto-ack,
 * delete on receive); there is no settlement at all.
 */
export type Consumption = 'automatic' | 'settle-before-processing' | 'settle-after-processing';
