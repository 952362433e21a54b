import { EventKind, type EventRecord, OutcomeCode } from '../core/events.ts';

/** How the sends of a cell have ended so far, for faults that look at it while the load goes on. */
export class SendTally {
  /** Completed sends by the engine's outcome code. */
  readonly codes = new Map<number, number>();
  settled = 0;
  /** Certainly not stored. */
  failed = 0;
  /** Acknowledged, but not at the client's first attempt. */
  acknowledgedLater = 0;

  observe({ kind, code, outcome, ref: attempts }: EventRecord): void {
    if (kind !== EventKind.sendSettled) return;
    this.settled += 1;
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    if (outcome === OutcomeCode.fail) this.failed += 1;
    if (outcome === OutcomeCode.ok && attempts > 1) this.acknowledgedLater += 1;
  }
}
