import type { LoopDelayRecord } from '../record/worker-schema.ts';
import { LatencyRecorder } from './latency-recorder.ts';
import { maximumSeconds } from './second-series.ts';

/** What held up one thread in one second of the run's clock. */
export interface PauseSecond {
  readonly second: number;
  readonly gcNs: number;
  readonly loopDelayMaxNs: number;
}

/** What held up one thread between its start and its end. */
export interface PauseReport {
  readonly gc: { readonly pauses: number; readonly totalNs: number; readonly maxNs: number };
  /** How late a timer fired that was due every 10 ms. */
  readonly loopDelay: LoopDelayRecord;
  readonly seconds: readonly PauseSecond[];
}

/** How often the event loop is looked at; it wakes a thread that sleeps a hundred times a second. */
export const loopLookMs = 10;

interface Sums {
  gcNs: number;
  loopDelayMaxNs: number;
}

/** Garbage collection and event-loop delay of a thread. Needs `prepareRecorders`; `finish` releases it. */
export class ThreadPauses {
  readonly #delay = new LatencyRecorder();
  readonly #seconds = new Map<number, Sums>();
  #pauses = 0;
  #gcNs = 0;
  #gcMaxNs = 0;

  collected(atNs: number, durationNs: number): void {
    this.#pauses += 1;
    this.#gcNs += durationNs;
    this.#gcMaxNs = Math.max(this.#gcMaxNs, durationNs);
    const sums = this.#at(atNs);
    if (sums !== undefined) sums.gcNs += durationNs;
  }

  /** @param delayNs how much later than due the look came; a timer may be early by its resolution */
  looked(nowNs: number, delayNs: number): void {
    this.#delay.record(delayNs);
    const sums = this.#at(nowNs);
    if (sums !== undefined) sums.loopDelayMaxNs = Math.max(sums.loopDelayMaxNs, delayNs);
  }

  finish(): PauseReport {
    const { count, p50Ns, p99Ns, maxNs } = this.#delay.snapshot();
    this.#delay.destroy();
    return {
      gc: { pauses: this.#pauses, totalNs: this.#gcNs, maxNs: this.#gcMaxNs },
      loopDelay: { looks: count, p50Ns, p99Ns, maxNs },
      seconds: [...this.#seconds].map(([second, sums]) => ({ second, ...sums })),
    };
  }

  #at(timeNs: number): Sums | undefined {
    const second = Math.max(0, Math.floor(timeNs / 1e9));
    let sums = this.#seconds.get(second);
    if (sums !== undefined || this.#seconds.size >= maximumSeconds) return sums;
    sums = { gcNs: 0, loopDelayMaxNs: 0 };
    this.#seconds.set(second, sums);
    return sums;
  }
}

/** Collection of all threads together, and the longest delay among them. */
export function pausesBySecond(pauses: readonly PauseSecond[]): ReadonlyMap<number, PauseSecond> {
  const merged = new Map<number, PauseSecond>();
  for (const pause of pauses) {
    const before = merged.get(pause.second);
    merged.set(pause.second, {
      second: pause.second,
      gcNs: pause.gcNs + (before?.gcNs ?? 0),
      loopDelayMaxNs: Math.max(pause.loopDelayMaxNs, before?.loopDelayMaxNs ?? 0),
    });
  }
  return merged;
}
