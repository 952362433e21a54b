import type { CheckId } from '../core/anomalies.ts';
import { hashText, type Random, randomFrom } from '../core/random.ts';
import type { CheckResult, Culprit } from './check.ts';
import type { LaneTable } from './state/lane-table.ts';

/** Culprits kept: the first of them, and a uniform sample of the rest. */
const firstKept = 16;
const sampledKept = 16;

/** Counts what a check found, exactly, and keeps a bounded number of culprits. */
export class Findings {
  count = 0;
  possible = 0;
  readonly check: CheckId;
  readonly #lanes: LaneTable;
  readonly #classes: Record<string, number> = {};
  readonly #first: Culprit[] = [];
  readonly #sample: Culprit[] = [];
  readonly #random: Random;

  constructor(check: CheckId, lanes: LaneTable, seed: number) {
    this.check = check;
    this.#lanes = lanes;
    this.#random = randomFrom((seed ^ hashText(check)) >>> 0);
  }

  /** A finding about the message at a lane index; `note` is a sentence for its witness. */
  add(kind: string, index: number, seq: number, group: number, note: string): void {
    const slot = this.#tally(kind);
    if (slot !== undefined) {
      slot({ about: 'message', lane: this.#lanes.laneOf(index), seq, group, note });
    }
  }

  /** A finding about an id outside every lane. */
  addForeign(kind: string, lane: number, seq: number, group: number, note: string): void {
    this.#tally(kind)?.({ about: 'message', lane, seq, group, note });
  }

  /** A finding about anything else than one message. */
  addAbout(kind: string, culprit: Culprit): void {
    this.#tally(kind)?.(culprit);
  }

  /** Findings that are counted, and of which nothing else is known any more. */
  addUntold(kind: string, count: number): void {
    if (count === 0) return;
    this.count += count;
    this.#classes[kind] = (this.#classes[kind] ?? 0) + count;
  }

  result(exposure: number): CheckResult {
    return {
      status: 'decided',
      check: this.check,
      count: this.count,
      possible: this.possible,
      exposure,
      classes: this.#classes,
      culprits: [...this.#first, ...this.#sample],
    };
  }

  /** Where to keep the culprit, or undefined when the sample left it out. */
  #tally(kind: string): ((culprit: Culprit) => void) | undefined {
    this.count += 1;
    this.#classes[kind] = (this.#classes[kind] ?? 0) + 1;
    if (this.#first.length < firstKept) return (culprit) => this.#first.push(culprit);
    if (this.#sample.length < sampledKept) return (culprit) => this.#sample.push(culprit);
    const slot = this.#random.below(this.count - firstKept);
    if (slot >= sampledKept) return undefined;
    return (culprit) => {
      this.#sample[slot] = culprit;
    };
  }
}
