import { EventKind, type EventRecord, OutcomeCode } from '../core/events.ts';
import { AcknowledgedTimes } from './acknowledged-times.ts';

/** How the sends of a cell have ended so far, for faults that look at it while the load goes on. */
export class SendTally {
  /** Completed sends by the engine's outcome code. */
  readonly codes = new Map<number, number>();
  settled = 0;
  /** Certainly not stored. */
  failed = 0;
  readonly acknowledged = new AcknowledgedTimes();
  /** Acknowledged, but not at the client's first attempt. */
  acknowledgedLater = 0;

  observe({ kind, code, outcome, timeNs, ref: attempts }: EventRecord): void {
    if (kind !== EventKind.sendSettled) return;
    this.settled += 1;
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    if (outcome === OutcomeCode.fail) this.failed += 1;
    if (outcome !== OutcomeCode.ok) return this.acknowledged.addOther(timeNs);
    this.acknowledged.add(timeNs);
    if (attempts > 1) this.acknowledgedLater += 1;
  }
}
