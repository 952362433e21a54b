import type { Consumer as ClientConsumer, Message } from '@platformatic/kafka';
import type { Consumer, Delivery, Outcome, Transaction } from '../engine.ts';
import type { ClientTransaction } from './connection.ts';
import { Membership } from './membership.ts';
import { classify } from './outcomes.ts';

/**
 * One Kafka transaction. A commit or abort without a clear answer leaves the client unusable ("there is
 * already an active transaction"), so the session ends then; the next incarnation's first `begin` fences
 * this one and lets the broker finish or roll back what it left. One that is still
 * empty ends here: the broker has not heard of it and refuses to end it.
 */
export class KafkaTransaction implements Transaction {
  readonly client: ClientTransaction;
  readonly #settled: () => Promise<void>;
  readonly #broken: (error: unknown) => void;
  #isEmpty = true;

  constructor(
    client: ClientTransaction,
    settled: () => Promise<void>,
    broken: (error: unknown) => void,
  ) {
    this.client = client;
    this.#settled = settled;
    this.#broken = broken;
  }

  /** Something was sent under it: the broker knows of it, and must be told how it ends. */
  used(): void {
    this.#isEmpty = false;
  }

  async include(_consumer: Consumer, upTo: readonly Delivery[]): Promise<Outcome> {
    this.used();
    try {
      for (const [membership, offsets] of lastOffsets(upTo)) {
        await this.client.addConsumer({ groupId: membership.groupId } as ClientConsumer);
        // One after the other: the client answers concurrent calls with the first one's result.
        for (const [partition, offset] of offsets) {
          await this.client.addOffset({
            topic: membership.topic,
            partition,
            offset: BigInt(offset),
            metadata: { consumer: membership },
          } as unknown as Message);
        }
      }
      return 'ok';
    } catch (error) {
      return classify(error, 'transaction').outcome;
    }
  }

  commit(): Promise<Outcome> {
    return this.#finish(() => (this.#isEmpty ? this.client.cancel() : this.client.commit()));
  }

  abort(): Promise<Outcome> {
    return this.#finish(() => (this.#isEmpty ? this.client.cancel() : this.client.abort()));
  }

  async #finish(finish: () => Promise<void>): Promise<Outcome> {
    await this.#settled();
    try {
      await finish();
      return 'ok';
    } catch (error) {
      this.#broken(error);
      return classify(error, 'transaction').outcome;
    }
  }
}

/** The highest offset of each partition, by the membership that it was delivered to. */
function lastOffsets(upTo: readonly Delivery[]): Map<Membership, Map<number, number>> {
  const found = new Map<Membership, Map<number, number>>();
  for (const { token, place } of upTo) {
    if (!(token instanceof Membership) || place === undefined) continue;
    const offsets = found.get(token) ?? new Map<number, number>();
    found.set(token, offsets);
    const partition = place.scope - token.firstScope;
    offsets.set(partition, Math.max(offsets.get(partition) ?? -1, place.position.major));
  }
  return found;
}
