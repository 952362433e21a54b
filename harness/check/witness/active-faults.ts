import { EventKind, type EventRecord } from '../../core/events.ts';
import type { WitnessRecord } from '../../record/schema.ts';
import { type EventNames, nameOf } from '../event-names.ts';

const mostFaults = 256;

interface Span {
  readonly fault: number;
  readonly startNs: number;
  endNs: number;
}

/** When which fault was active, as far as the events say. */
export class ActiveFaults {
  readonly #spans: Span[] = [];

  show({ kind, ref, timeNs }: EventRecord): void {
    if (kind === EventKind.faultStarted && this.#spans.length < mostFaults) {
      this.#spans.push({ fault: ref, startNs: timeNs, endNs: Number.POSITIVE_INFINITY });
    }
    if (kind !== EventKind.faultStopped) return;
    const span = this.#spans.findLast(({ fault }) => fault === ref);
    if (span !== undefined) span.endNs = timeNs;
  }

  /** Those that were active at some instant of the span. */
  during(fromNs: number, toNs: number, names: EventNames): WitnessRecord['faults'] {
    return this.#spans
      .filter(({ startNs, endNs }) => startNs <= toNs && endNs >= fromNs)
      .map(({ fault, startNs, endNs }) => ({
        name: nameOf(names, 'fault', fault),
        startedNs: startNs,
        stoppedNs: Number.isFinite(endNs) ? endNs : null,
      }));
  }
}
