import { JournalError } from '../journal/commit-log.ts';
import type { BrokerQueue } from './broker-queue.ts';
import type { Arrival } from './broker-state.ts';
import type { Consumer, Handed } from './consumer.ts';
import { type Copy, type DeathReason, deathsAfter, isCircle } from './copy.ts';
import { type Ledger, routableOf } from './ledger.ts';

/** A journal that could not take an entry may have room again after so long. */
const retryAfterMs = 100;

const idsOf = (copies: readonly Copy[]): readonly number[] => copies.map(({ id }) => id);

/** Hands out what queues hold, and buries what must not be handed out. */
export class Dispatcher {
  readonly #ledger: Ledger;
  /** Queues where something may have to be done; one at a time, because burying fills other queues. */
  readonly #unattended = new Set<BrokerQueue>();
  #isAttending = false;
  #hasClock = false;
  #nowMs = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The latest instant that any call has named; commits that end later go on from it. */
  advance(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    if (this.#hasClock) return;
    this.#hasClock = true;
    for (const queue of this.#ledger.state.queues.values()) queue.beginWaiting(this.#nowMs);
  }

  arrived(arrivals: readonly Arrival[]): void {
    for (const { queue, copy } of arrivals) queue.publish(copy, this.#nowMs);
    for (const { queue } of arrivals) this.#unattended.add(queue);
    this.#attend();
  }

  attend(queue: BrokerQueue): void {
    this.#unattended.add(queue);
    this.#attend();
  }

  /**
   * Copies leave a queue that they died in: for the queues that its dead-letter exchange gives them, or for
   * good. It goes beyond a limit of those queues rather than lose them.
   *
   * @throws JournalError, and then they have not died
   */
  bury(
    queue: BrokerQueue,
    copies: readonly Copy[],
    reason: DeathReason,
    committed: () => void,
  ): void {
    const heirs = new Map(copies.map((copy) => [copy, this.#heirs(queue, copy, reason)]));
    this.#ledger.change(
      copies,
      (some) => ({
        kind: 'died',
        queue: queue.id,
        reason,
        baseCopy: this.#ledger.state.nextCopy,
        moves: some.map((copy) => ({ copy: copy.id, to: heirs.get(copy) ?? [] })),
      }),
      (arrivals) => {
        committed();
        this.arrived(arrivals);
      },
    );
  }

  #heirs(queue: BrokerQueue, copy: Copy, reason: DeathReason): readonly number[] {
    const { deadLetterExchange } = queue.spec;
    if (deadLetterExchange === undefined) return [];
    const { message } = copy;
    const { exchanges } = this.#ledger.state;
    const routable = routableOf(this.#ledger.viewOf(message), message.slot);
    const { deliveries } = copy;
    const deaths = deathsAfter(copy, { queue: queue.id, reason, deliveries });
    return exchanges.route(deadLetterExchange, routable).filter((heir) => !isCircle(deaths, heir));
  }

  /**
   * Ends although queues fill each other, because no copy dies twice in one queue without a rejection. Before
   * anybody has come, nothing is done and nothing written: recovery is not over.
   */
  #attend(): void {
    if (this.#isAttending || !this.#hasClock) return;
    this.#isAttending = true;
    for (const queue of this.#unattended) {
      this.#unattended.delete(queue);
      if (queue.pausedUntilMs <= this.#nowMs) this.#serve(queue);
    }
    this.#isAttending = false;
  }

  #serve(queue: BrokerQueue): void {
    queue.pausedUntilMs = Number.NEGATIVE_INFINITY;
    try {
      do this.#buryWhile(queue, () => queue.causeOfDeath(this.#nowMs));
      while (this.#handOut(queue));
      this.#buryWhile(queue, () => (queue.isTooLong ? 'maxlen' : undefined));
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      queue.pausedUntilMs = this.#nowMs + retryAfterMs;
    }
  }

  #buryWhile(queue: BrokerQueue, cause: () => DeathReason | undefined): void {
    for (let reason = cause(); reason !== undefined; reason = cause()) {
      const copy = queue.take();
      if (copy === undefined) return;
      try {
        this.bury(queue, [copy], reason, () => {});
      } catch (error) {
        queue.giveBack([copy]);
        throw error;
      }
    }
  }

  /** @returns whether anything was handed out */
  #handOut(queue: BrokerQueue): boolean {
    const shares = [...queue.deal(this.#nowMs)];
    for (const [index, [consumer, handed]] of shares.entries()) {
      try {
        this.#grant(queue, consumer, handed);
      } catch (error) {
        for (const [one, undone] of shares.slice(index)) takeBack(queue, one, undone);
        throw error;
      }
    }
    return shares.length > 0;
  }

  /** The journal learns of a delivery before its consumer does, so no copy comes again without saying so. */
  #grant(queue: BrokerQueue, consumer: Consumer, handed: readonly Handed[]): void {
    const kind = consumer.spec.acknowledge === 'manual' ? 'delivered' : 'removed';
    this.#ledger.change(
      handed.map(({ copy }) => copy),
      (copies) => ({ kind, queue: queue.id, copies: idsOf(copies) }),
      () => {
        if (consumer.isOpen) consumer.listener.deliver(handed);
      },
    );
  }
}

function takeBack(queue: BrokerQueue, consumer: Consumer, handed: readonly Handed[]): void {
  for (const one of handed) consumer.takeBack(one);
  queue.giveBack(handed.map(({ copy }) => copy));
}
