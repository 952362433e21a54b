import { EventKind, type EventRecord, OutcomeCode } from '../core/events.ts';

/** Of more of them nothing is told. */
const mostMessages = 1_000_000;

/** When each message was acknowledged: it was stored by then at the latest. */
export class AcknowledgedMessages {
  readonly #atNs = new Map<string, number>();

  observe({ kind, outcome, lane, seq, timeNs }: EventRecord): void {
    if (kind !== EventKind.sendSettled || outcome !== OutcomeCode.ok) return;
    if (this.#atNs.size < mostMessages) this.#atNs.set(`${lane}:${seq}`, timeNs);
  }

  /** @param message `lane:seq`, as a later reader tells it; undefined: nobody knows that it was acknowledged */
  atNs(message: string): number | undefined {
    return this.#atNs.get(message);
  }
}
