import { Fifo } from '../../fifo.ts';
import type { MessageQueue, Receipt } from './message-queue.ts';
import type { QueuedMessage } from './queued-message.ts';

/** Five minutes as in SQS. */
const rememberedMs = 300_000;

interface Attempt {
  readonly id: string;
  readonly receipts: readonly Receipt[];
  readonly untilMs: number;
}

/**
 * Receives whose answer may have been lost, by the id that their receiver gave them. Asked for again, such
 * a receive gets the same messages with the same receipts as long as all of them are still in the hands that
 * got them; with one of them deleted, given back or leased anew it counts as another (SQS API reference,
 * ReceiveRequestAttemptId). Forgotten by a restart, as leases are.
 */
export class ReceiveAttempts {
  readonly #byId = new Map<string, Attempt>();
  readonly #inOrder = new Fifo<Attempt>();

  remember(id: string, taken: readonly QueuedMessage[], nowMs: number): void {
    const receipts = taken.map((message) => ({
      id: message.id,
      receiveCount: message.receiveCount,
    }));
    const attempt = { id, receipts, untilMs: nowMs + rememberedMs };
    this.#byId.set(id, attempt);
    this.#inOrder.push(attempt);
  }

  /** @returns what the receive got before, or undefined where it counts as a new one, as without an id */
  repeated(
    id: string | undefined,
    from: MessageQueue,
    nowMs: number,
  ): readonly QueuedMessage[] | undefined {
    if (id === undefined) return undefined;
    this.#forget(nowMs);
    const held: QueuedMessage[] = [];
    const receipts = this.#byId.get(id)?.receipts ?? [];
    for (const receipt of receipts) {
      const standing = from.examine(receipt);
      if (standing.state !== 'held') return undefined;
      held.push(standing.message);
    }
    return held.length === 0 ? undefined : held;
  }

  #forget(nowMs: number): void {
    for (let oldest = this.#inOrder.first; oldest !== undefined; oldest = this.#inOrder.first) {
      if (oldest.untilMs > nowMs) return;
      this.#inOrder.shift();
      if (this.#byId.get(oldest.id) === oldest) this.#byId.delete(oldest.id);
    }
  }
}
