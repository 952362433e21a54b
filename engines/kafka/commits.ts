import {
  type Connection,
  type Consumer as ClientConsumer,
  offsetCommitV8,
} from '@platformatic/kafka';
import { setTimeout as pause } from 'node:timers/promises';
import type { Delivery, Outcome } from '../engine.ts';
import { within } from './connection.ts';
import type { Membership } from './membership.ts';
import { brokerErrors, classify, Code } from './outcomes.ts';
import { coordinatorConnection } from './positions.ts';

type Settled = (ticket: number, outcome: Outcome, code: number) => void;

interface Pending {
  readonly membership: Membership;
  readonly tickets: number[];
  /** Offset of the last acknowledged message, by partition. */
  readonly offsets: Map<number, number>;
}

/** Answers that say "ask again", given before anything is written. */
const askAgain = ['COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR'];
const attempts = 20;
const retryDelayMs = 100;

/**
 * Commits offsets under the generation that the messages were delivered in, one request at a time; what
 * is settled meanwhile goes into the next request. The broker, not the client, refuses a stale member.
 */
export class Commits {
  readonly #client: ClientConsumer;
  readonly #settled: Settled;
  readonly #highest = new Map<number, number>();
  readonly #idle: (() => void)[] = [];
  #pending: Pending | undefined;
  #flying: Pending | undefined;

  constructor(client: ClientConsumer, settled: Settled) {
    this.#client = client;
    this.#settled = settled;
  }

  add(ticket: number, of: readonly Delivery[], membership: Membership): void {
    if (this.#pending !== undefined && this.#pending.membership !== membership) {
      this.#settle(this.#take(), 'fail', Code.membershipLost);
    }
    this.#pending ??= { membership, tickets: [], offsets: new Map() };
    this.#pending.tickets.push(ticket);
    for (const { place } of of) {
      if (place === undefined) continue;
      const partition = place.scope - membership.firstScope;
      const highest = Math.max(this.#highest.get(partition) ?? -1, place.position.major);
      this.#highest.set(partition, highest);
      this.#pending.offsets.set(partition, highest);
    }
    this.#next();
  }

  /** After a seek backwards an acknowledgement may go back too. */
  allowGoingBack(): void {
    this.#highest.clear();
  }

  /** A new assignment: what was not sent for the last one is refused. */
  forget(): void {
    this.#highest.clear();
    this.#settle(this.#take(), 'fail', Code.membershipLost);
  }

  /** Resolves when nothing is under way; rejects with TIMED_OUT. */
  async idle(timeoutMs: number): Promise<void> {
    if (this.#flying === undefined) return;
    const quiet = new Promise<void>((resolve) => {
      this.#idle.push(resolve);
    });
    await within(quiet, timeoutMs, 'committing offsets').catch(() => undefined);
  }

  /** The session is over: what has no answer never gets one. */
  abandon(): void {
    const flying = this.#flying;
    this.#flying = undefined;
    this.#settle(flying, 'unknown', Code.abandoned);
    this.#settle(this.#take(), 'fail', Code.clientClosed);
  }

  #take(): Pending | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }

  #settle(of: Pending | undefined, outcome: Outcome, code: number): void {
    for (const ticket of of?.tickets ?? []) this.#settled(ticket, outcome, code);
  }

  #next(): void {
    if (this.#flying !== undefined) return;
    const flying = this.#take();
    if (flying === undefined) {
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    this.#flying = flying;
    this.#commit(flying).then(
      () => this.#answered(flying, 'ok', Code.ok),
      (error: unknown) => {
        const { outcome, code } = classify(error, 'commit');
        this.#answered(flying, outcome, code);
      },
    );
  }

  #answered(flying: Pending, outcome: Outcome, code: number): void {
    if (this.#flying !== flying) return;
    this.#flying = undefined;
    this.#settle(flying, outcome, code);
    this.#next();
  }

  async #commit({ membership, offsets }: Pending): Promise<void> {
    const partitions = Array.from(offsets, ([partitionIndex, offset]) => ({
      partitionIndex,
      committedOffset: BigInt(offset) + 1n,
      committedLeaderEpoch: -1,
      committedMetadata: null,
    }));
    for (let attempt = 1; ; attempt += 1) {
      const connection: Connection = await coordinatorConnection(this.#client, membership);
      try {
        await offsetCommitV8.api.async(
          connection,
          membership.groupId,
          membership.generationId,
          membership.memberId,
          null,
          [{ name: membership.topic, partitions }],
        );
        return;
      } catch (error) {
        const names = brokerErrors(error);
        if (attempt >= attempts || !askAgain.some((name) => names.has(name))) throw error;
        await pause(retryDelayMs, undefined, { ref: false });
      }
    }
  }
}
