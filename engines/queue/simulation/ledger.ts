import { EventKind } from '../../../harness/core/events.ts';
import type { ClockSkew } from '../../embedded/simulation/clock.ts';
import type { MessageId } from '../../embedded/simulation/message.ts';
import type { SimulatedWorld } from '../../simulation.ts';
import { Group } from './facts.ts';
import type { QueueManner } from './manner.ts';

interface Page extends MessageId {
  readonly sentNs: number;
  isStored: boolean;
  /** Its deletion was asked for. */
  isLeaving: boolean;
  /** It was not in the queue though it had to be: nothing excuses that. */
  isMissing: boolean;
}

/**
 * What producers and consumers of a play were told, all of them together. A reference that knows nothing of
 * the broker: which messages must be in the queue, and which ones retention may have taken.
 */
export class Ledger {
  readonly #world: SimulatedWorld;
  readonly #manner: QueueManner;
  /** By the world's clock: the broker's may run faster. */
  readonly #keptMs: number;
  /** Whether nothing that was stored can be gone with the power. */
  readonly #isWhole: () => boolean;
  readonly #pages = new Map<string, Page>();
  readonly #byId = new Map<number, MessageId>();
  readonly #deleted = new Set<number>();

  constructor(world: SimulatedWorld, manner: QueueManner, skew: ClockSkew, isWhole: () => boolean) {
    this.#world = world;
    this.#manner = manner;
    this.#keptMs = manner.retentionMs * (1 - skew.drift);
    this.#isWhole = isWhole;
  }

  /** For the first time, and what that says of when it may be seen. */
  sent({ lane, seq }: MessageId, delayMs: number): void {
    const { nowNs } = this.#world.agenda;
    const page = { lane, seq, sentNs: nowNs };
    const unknown = { isStored: false, isLeaving: false, isMissing: false };
    this.#pages.set(textOf(page), { ...page, ...unknown });
    if (delayMs === 0) return;
    const auxNs = nowNs + delayMs * 1e6;
    this.#world.history.write(EventKind.sendTimed, { lane, seq, auxNs, positionMajor: -1 });
  }

  stored(message: MessageId, id: number): void {
    this.#byId.set(id, message);
    const page = this.#pages.get(textOf(message));
    if (page !== undefined) page.isStored = true;
  }

  /** What one receive brought, in the order in which it was brought. */
  received(
    copies: readonly (MessageId & { readonly id: number; readonly attempt: number })[],
  ): void {
    let newestId = 0;
    for (const { id, lane, seq, attempt } of copies) {
      this.#byId.set(id, { lane, seq });
      const { profile, delayMs, ownDelayMs } = this.#manner;
      if (delayMs + ownDelayMs > 0) this.#world.mark('a delayed message was read');
      if (profile !== 'standard') continue;
      if (attempt === 1 && id < newestId) this.#world.mark('a message let others pass');
      if (attempt === 1) newestId = Math.max(newestId, id);
      const isBack = this.#deleted.has(id) && this.#isWhole();
      if (isBack) this.#world.mark('a deleted message came again');
    }
  }

  deleting(message: MessageId): void {
    const page = this.#pages.get(textOf(message));
    if (page !== undefined) page.isLeaving = true;
  }

  deleted(id: number): void {
    this.#deleted.add(id);
  }

  /** @param depth of the queue, exactly */
  look(depth: number): void {
    const youngNs = this.#world.agenda.nowNs - this.#keptMs * 1e6;
    const due = [...this.#pages.values()].filter(({ isStored, isLeaving, sentNs }) => {
      return isStored && !isLeaving && sentNs > youngNs;
    });
    if (due.length > depth) for (const page of due) page.isMissing = true;
  }

  /** When everything is over: what nobody need have got, or settled. */
  writeExcuses(): void {
    if (this.#manner.retentionMs === 0) return;
    for (const { lane, seq, isStored, isLeaving, isMissing } of this.#pages.values()) {
      if (isStored && !isLeaving && this.#isWhole()) {
        this.#world.mark('retention removed a message');
      }
      if (isMissing) continue;
      this.#world.history.write(EventKind.expired, { lane, seq, group: Group.main });
    }
  }

  /** Dead letters are back in their queue. @param ids undefined: nobody knows which */
  redriven(ids: readonly number[] | undefined): void {
    const back = ids?.flatMap((id) => this.#byId.get(id) ?? []) ?? this.#byId.values();
    for (const { lane, seq } of back) {
      this.#world.history.write(EventKind.redriven, { lane, seq, group: Group.deadLetters });
    }
  }
}

function textOf({ lane, seq }: MessageId): string {
  return `${lane} ${seq}`;
}
