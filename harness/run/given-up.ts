import type { Place } from '../../engines/engine.ts';
import { EventKind, type EventRecord, OutcomeCode, SettlementCode } from '../core/events.ts';
import { limitedGroup } from './dead-letters.ts';

export interface GivenUpMessage {
  readonly lane: number;
  readonly seq: number;
  /** Where it stood in its subscription; by this a redrive tells which it moved. */
  readonly place: Place;
}

/** Messages that the first subscription delivered as often as it may and nobody acknowledged. */
export class GivenUp {
  readonly #limit: number;
  readonly #messages = new Map<string, GivenUpMessage>();
  /** Moved back, and not delivered again since. */
  readonly #awaited = new Set<string>();

  /** @param limit deliveries; 0: there is no limit */
  constructor(limit: number) {
    this.#limit = limit;
  }

  observe(event: EventRecord): void {
    if (this.#limit === 0 || event.group !== limitedGroup) return;
    const kind: number = event.kind;
    if (kind === EventKind.deliver) this.#delivered(event);
    else if (kind === EventKind.settleSettled && isAcknowledged(event)) {
      this.#messages.delete(keyOf(event));
    }
  }

  get messages(): readonly GivenUpMessage[] {
    return [...this.#messages.values()];
  }

  /** Of those that were moved back. */
  get notDeliveredAgain(): number {
    return this.#awaited.size;
  }

  /** They are about to be moved back; what happens to them then is told by `notDeliveredAgain`. */
  beginAnew(): readonly GivenUpMessage[] {
    const { messages } = this;
    for (const message of messages) this.#awaited.add(keyOf(message));
    this.#messages.clear();
    return messages;
  }

  #delivered(event: EventRecord): void {
    const key = keyOf(event);
    this.#awaited.delete(key);
    if (event.attempt < this.#limit) return;
    const { lane, seq, scope, positionMajor: major, positionMinor: minor } = event;
    this.#messages.set(key, { lane, seq, place: { scope, position: { major, minor } } });
  }
}

function isAcknowledged({ outcome, detail }: EventRecord): boolean {
  return outcome === OutcomeCode.ok && detail === SettlementCode.acknowledge;
}

const keyOf = ({ lane, seq }: Pick<EventRecord, 'lane' | 'seq'>): string => `${lane}:${seq}`;
