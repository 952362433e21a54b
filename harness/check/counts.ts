import { EventKind, type EventRecord, OutcomeCode, SettlementCode } from '../core/events.ts';
import type { CountsRecord } from '../record/schema.ts';
import type { MessageState } from './state/message-state.ts';
import { popcount32 } from './state/planes.ts';

/** How much happened: `counts` of the record. Sends are counted as messages, deliveries as copies. */
export class Counts {
  readonly #state: MessageState;
  #delivered = 0;
  #redelivered = 0;
  #flagged = 0;
  #settled = 0;
  #processed = 0;

  constructor(state: MessageState) {
    this.#state = state;
  }

  /** @param count of the run that begins with the event */
  fold(event: EventRecord, count: number): void {
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.deliver: {
        const { status, flagged } = this.#state.delivery;
        this.#delivered += count;
        if (status === 'repeat') this.#redelivered += count;
        if ((status === 'first' || status === 'repeat') && flagged) this.#flagged += count;
        return;
      }
      case EventKind.settleSettled:
        if (event.outcome !== OutcomeCode.ok || event.detail !== SettlementCode.acknowledge) return;
        this.#settled += count;
        return;
      case EventKind.processDone:
        this.#processed += count;
        return;
      default:
    }
  }

  /** To be called after the state is complete. */
  finish(): CountsRecord {
    const state = this.#state;
    let [sent, failed, unknown, recovered, distinctDelivered] = [0, 0, 0, 0, 0];
    for (let lane = 0; lane < state.lanes.size; lane += 1) {
      sent += state.lanes.nextOf(lane);
      const words = state.lanes.wordsOf(lane);
      for (let word = 0; word < words; word += 1) {
        const unsettled = state.sends.unsettledWord(lane, word);
        failed += popcount32(state.sends.refusedWord(lane, word));
        unknown += popcount32(unsettled);
        recovered += popcount32(unsettled & state.seenAnywhereWord(lane, word));
        const mask = state.lanes.sentMask(lane, word);
        for (const { seen } of state.groups)
          distinctDelivered += popcount32(seen.word(lane, word) & mask);
      }
    }
    return {
      sent,
      acknowledged: state.sends.ok.count(),
      failed,
      unknown,
      resent: state.sends.resends,
      delivered: this.#delivered,
      distinctDelivered,
      redelivered: this.#redelivered,
      flaggedRedelivered: this.#flagged,
      settled: this.#settled,
      processed: this.#processed,
      recovered,
    };
  }
}
