import type { MessageId } from '../../embedded/simulation/message.ts';

interface Hold {
  readonly fromNs: number;
  /** Until then its lease has certainly not ended. */
  readonly untilNs: number;
}

/** One message group, as far as clients know. */
class Group {
  /** Stored and never received, by seq: when its sender was told. */
  readonly waiting = new Map<number, number>();
  readonly held = new Map<number, Hold>();
}

/** Tells when a message group certainly waited behind one of its messages: some receive could have had more. */
export class GroupWatch {
  readonly #groups = new Map<number, Group>();

  stored({ lane, seq }: MessageId, nowNs: number): void {
    this.#of(lane).waiting.set(seq, nowNs);
  }

  received({ lane, seq }: MessageId, hold: Hold): void {
    const group = this.#of(lane);
    group.waiting.delete(seq);
    group.held.set(seq, hold);
  }

  /** Its settlement was asked for, so that its group may go on. */
  settling({ lane, seq }: MessageId): void {
    this.#of(lane).held.delete(seq);
  }

  /** Whether, from the request of a receive to its answer, a group had messages and kept them back. */
  isAnyWaiting(requestedNs: number, nowNs: number): boolean {
    return [...this.#groups.values()].some(({ waiting, held }) => {
      const isHeld = [...held.values()].some(
        ({ fromNs, untilNs }) => fromNs < requestedNs && untilNs > nowNs,
      );
      return isHeld && [...waiting.values()].some((storedNs) => storedNs < requestedNs);
    });
  }

  #of(lane: number): Group {
    const group = this.#groups.get(lane) ?? new Group();
    this.#groups.set(lane, group);
    return group;
  }
}
