import type { EventRecord } from '../../core/events.ts';
import { comparePositions, type Position } from '../../core/position.ts';
import type { ScopeRuns } from '../state/scope-runs.ts';
import { pairKey } from '../state/pair-key.ts';

/** Runs of reading that are remembered, and jumps whose time is. */
const maxSpans = 1 << 16;
const maxJumps = 4_096;

/** From the first to the furthest position of one run: a reader in order must have got all between. */
interface Span {
  readonly run: number;
  readonly from: Position;
  toMajor: number;
  toMinor: number;
}

interface Jump {
  readonly after: Position;
  readonly before: Position;
  readonly atNs: number;
}

interface Passed {
  readonly spans: Span[];
  readonly jumps: Jump[];
}

/** What readers passed by, group by group and scope by scope: O(interruptions), however many gaps there are. */
export class ReadingSpans {
  /** Runs that found no room. */
  dropped = 0;
  readonly #runs: ScopeRuns;
  readonly #bySlot: (Span | undefined)[] = [];
  readonly #passed = new Map<number, Passed>();
  #spans = 0;
  #jumps = 0;

  constructor(runs: ScopeRuns) {
    this.#runs = runs;
  }

  /** Copies that were not called redeliveries; those that were say nothing of where their reader stands. */
  delivered(event: EventRecord, count: number): void {
    const { slot } = this.#runs;
    if (slot < 0) return;
    const run = this.#runs.runOf(slot);
    const span = this.#bySlot[slot];
    if (span === undefined || span.run !== run) return this.#begin(event, count, slot, run);
    const { positionMajor: major, positionMinor: minor } = event;
    const last = major + count - 1;
    const isAhead = last > span.toMajor || (last === span.toMajor && minor > span.toMinor);
    if (!isAhead) return;
    // A run that begins further back comes to the next one, too.
    const isNext = major <= span.toMajor + 1 && minor === 0 && span.toMinor === 0;
    if (!isNext) this.#jump(event, { major: span.toMajor, minor: span.toMinor });
    span.toMajor = last;
    span.toMinor = minor;
  }

  /** Whether some reader of the group passed the position by in one run. */
  covers(group: number, scope: number, position: Position): boolean {
    const spans = this.#passed.get(pairKey(group, scope))?.spans ?? [];
    return spans.some(
      ({ from, toMajor, toMinor }) =>
        comparePositions(from, position) < 0 &&
        comparePositions(position, { major: toMajor, minor: toMinor }) < 0,
    );
  }

  /** When the position was passed by; undefined when that is not remembered. */
  passedNs(group: number, scope: number, position: Position): number | undefined {
    const jumps = this.#passed.get(pairKey(group, scope))?.jumps ?? [];
    return jumps.find(
      ({ after, before }) =>
        comparePositions(after, position) < 0 && comparePositions(position, before) < 0,
    )?.atNs;
  }

  #begin(event: EventRecord, count: number, slot: number, run: number): void {
    if (this.#spans >= maxSpans) {
      this.dropped += 1;
      this.#bySlot[slot] = undefined;
      return;
    }
    this.#spans += 1;
    const from = { major: event.positionMajor, minor: event.positionMinor };
    const span = { run, from, toMajor: from.major + count - 1, toMinor: from.minor };
    this.#bySlot[slot] = span;
    this.#of(event).spans.push(span);
  }

  #jump(event: EventRecord, after: Position): void {
    if (this.#jumps >= maxJumps) return;
    this.#jumps += 1;
    const before = { major: event.positionMajor, minor: event.positionMinor };
    this.#of(event).jumps.push({ after, before, atNs: event.timeNs });
  }

  #of({ group, scope }: EventRecord): Passed {
    const key = pairKey(group, scope);
    const known = this.#passed.get(key);
    if (known !== undefined) return known;
    const passed = { spans: [], jumps: [] };
    this.#passed.set(key, passed);
    return passed;
  }
}
