import { eachOfRun } from '../../core/event-run.ts';
import { EventKind, type EventRecord, Flag, noGroup, OutcomeCode } from '../../core/events.ts';
import { plural } from '../../core/plural.ts';
import type { Check, CheckModule, CheckResult, Culprit } from '../check.ts';
import { Findings } from '../findings.ts';
import { placeText } from '../groups/skipped-entries.ts';
import type { HistoryPass } from '../history-pass.ts';
import type { MessageState } from '../state/message-state.ts';
import { PositionSet } from '../state/position-set.ts';
import { resolveBlocks } from './block-resolver.ts';
import { blockText, mixPlace, PositionBlocks } from './position-blocks.ts';
import { PositionWindow } from './position-window.ts';

export const twoAtOnePosition: CheckModule = {
  id: 'O1',
  definition:
    'Two different messages were observed at one position of one scope: delivered there, to whichever readers, or named there by the answer to their send.',
  source: 'Jepsen Kafka workload (jepsen.tests.kafka), inconsistent offsets',
  memory:
    '1 bit a position and reader and 1 more, 16 bytes a reader and block of 65,536 positions, and the messages of the latest 32,768 positions',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.invoke","actor":"q","lane":"b","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"s","position":0}',
    '{"timeMs":2.5,"kind":"send.settled","actor":"q","lane":"b","seq":0,"outcome":"ok","scope":"s","position":0}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"scope":"s","position":0}',
    '{"timeMs":4,"kind":"deliver","actor":"c","group":"g","lane":"b","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ placed }) => (placed ? undefined : 'neither sends nor deliveries carry places'),
  create: (state, seed) => new TwoAtOnePosition(state, seed),
};

/** Reader numbers of the sums: 0 is the reference. */
const senders = 1;
const firstGroup = 2;

/** Seeds of the two halves of a hash. */
const lowSeed = 0x2545_f491;
const highSeed = 0x9e37_79b1;

interface MemoryBounds {
  readonly windowSlots?: number;
  readonly positionPages?: number;
}

/**
 * O1, inconsistent position. Recent positions are compared one by one. Of those that have fallen out of
 * the window it is known that they were seen, not with which message; there the sums of their block tell,
 * as far as a reader has seen all of it, and a reader to whom a message comes for the first time at a
 * position that it knows has found a second one itself. What these leave open names the block, and a
 * second look at the history decides it. Counts positions; a block whose sums differ counts once until
 * then. Ids that nobody sent are D7's.
 */
export class TwoAtOnePosition implements Check {
  readonly listensTo = [EventKind.deliver, EventKind.sendSettled];
  readonly takesRuns = true;
  readonly #state: MessageState;
  readonly #findings: Findings;
  readonly #window: PositionWindow;
  readonly #observed: PositionSet;
  readonly #ofReader: readonly PositionSet[];
  readonly #blocks: PositionBlocks;
  readonly #conflicting = new PositionSet();
  /** Blocks in which a conflict is known, so that their sums may differ by that alone. */
  readonly #explained = new Set<number>();
  /** Observations of positions that had been observed before. */
  #exposure = 0;
  /** Observations beyond the bounds of memory. */
  #beyond = 0;

  constructor(
    state: MessageState,
    seed: number,
    { windowSlots, positionPages }: MemoryBounds = {},
  ) {
    this.#state = state;
    this.#findings = new Findings('O1', state.lanes, seed);
    this.#window = new PositionWindow(windowSlots);
    const readers = state.groups.length + firstGroup;
    this.#observed = new PositionSet(positionPages);
    this.#ofReader = Array.from({ length: readers }, () => new PositionSet(positionPages));
    this.#blocks = new PositionBlocks(readers);
  }

  fold(event: EventRecord, count = 1): void {
    if (!this.#isObservation(event)) return;
    if (count > 1) {
      const reader = event.kind === EventKind.deliver ? event.group + firstGroup : senders;
      if (this.#observeRun(event, count, reader)) return;
      return eachOfRun(event, count, (one) => this.fold(one));
    }
    if (event.kind !== EventKind.deliver) return this.#observe(event, senders, false);
    const { status } = this.#state.delivery;
    if (status !== 'first' && status !== 'repeat') return;
    this.#observe(event, event.group + firstGroup, status === 'first');
  }

  finish(): CheckResult {
    return this.#result(this.#blocksThatAre('unknown'), this.#blocksThatAre('different'));
  }

  resolve(history: HistoryPass): CheckResult {
    const unknown = [...this.#blocksThatAre('unknown'), ...this.#blocksThatAre('different')];
    const left = resolveBlocks(history, {
      blocks: this.#blocks,
      open: unknown,
      isObservation: (event) => this.#isObservation(event),
      onConflict: ({ event, lane, seq }) => this.#found(event, this.#nameOf(lane, seq)),
    });
    return this.#result(left, []);
  }

  /** A message of the cell at a place. */
  #isObservation({ kind, flags, outcome, lane, seq, group }: EventRecord): boolean {
    if ((flags & Flag.placed) === 0) return false;
    const { lanes, groups } = this.#state;
    const index = lanes.indexOf(lane);
    if (index < 0 || seq >= lanes.nextOf(index)) return false;
    if (kind === EventKind.deliver) return groups[group] !== undefined;
    return kind === EventKind.sendSettled && outcome === OutcomeCode.ok;
  }

  #observe(event: EventRecord, reader: number, isFirst: boolean): void {
    const { scope, positionMajor: major, positionMinor: minor, lane, seq } = event;
    const isRemembered = this.#window.look(scope, major, minor);
    if (isRemembered) {
      this.#exposure += 1;
      const isSame = this.#window.lane === lane && this.#window.seq === seq;
      if (!isSame) this.#found(event, this.#nameOf(this.#window.lane, this.#window.seq));
    } else this.#window.remember(scope, major, minor, lane, seq);
    const isNew = this.#observed.add(scope, major, minor);
    const isNewToReader = this.#ofReader[reader]?.add(scope, major, minor) === true;
    const block = this.#blocks.numberOf(scope, major, minor);
    if (block < 0 || this.#isBeyond(event, isNew, isNewToReader, reader)) {
      if (!isRemembered) this.#beyond += 1;
      return;
    }
    if (isNewToReader) {
      const low = mixPlace(lowSeed, major, minor, lane, seq);
      const high = mixPlace(highSeed, major, minor, lane, seq);
      this.#blocks.add(block, reader, low, high);
      if (isNew) this.#blocks.add(block, 0, low, high);
    }
    if (isRemembered || isNew) return;
    this.#exposure += 1;
    if (isNewToReader) this.#blocks.leaveOpen(block, reader);
    else if (isFirst) this.#found(event, 'another message');
    else if (!this.#wasHere(event)) this.#blocks.leaveOpen(block, 0);
  }

  /**
   * As `#observe` for each of a run, where that is plain: all of its positions are new to the reader, all of them had
   * been observed before or none, and no other message is known to stand there.
   * @returns false, and nothing is noted, where it is not
   */
  #observeRun(event: EventRecord, count: number, reader: number): boolean {
    const { scope, positionMajor: major, lane, seq } = event;
    const ofReader = this.#ofReader[reader];
    const known = this.#observed.countRun(scope, major, count);
    if (ofReader?.countRun(scope, major, count) !== 0 || (known > 0 && known < count)) return false;
    if (!this.#observed.hasRoomFor(count) || !ofReader.hasRoomFor(count)) return false;
    const block = this.#blocks.numberOf(scope, major, 0);
    if (block < 0 || this.#blocks.numberOf(scope, major + count - 1, 0) !== block) return false;
    const isNew = known === 0;
    if (!isNew && !this.#window.agrees(scope, major, lane, seq, count)) return false;
    let [low, high, forgotten] = [0, 0, 0];
    for (let at = 0; at < count; at += 1) {
      if (isNew || !this.#window.look(scope, major + at, 0)) {
        this.#window.remember(scope, major + at, 0, lane, seq + at);
        forgotten += 1;
      }
      low += mixPlace(lowSeed, major + at, 0, lane, seq + at);
      high += mixPlace(highSeed, major + at, 0, lane, seq + at);
    }
    ofReader.addRun(scope, major, count);
    this.#blocks.addRun(block, reader, low, high, count);
    if (isNew) {
      this.#observed.addRun(scope, major, count);
      this.#blocks.addRun(block, 0, low, high, count);
      return true;
    }
    this.#exposure += count;
    this.#blocks.leaveOpen(block, reader, forgotten);
    return true;
  }

  /** One of the sets had no room for the position, so that what they say of it is not known. */
  #isBeyond(
    { scope, positionMajor: major, positionMinor: minor }: EventRecord,
    isNew: boolean,
    isNewToReader: boolean,
    reader: number,
  ): boolean {
    const isKnown = isNew || this.#observed.has(scope, major, minor);
    const isOfReader = isNewToReader || this.#ofReader[reader]?.has(scope, major, minor) === true;
    return !isKnown || !isOfReader;
  }

  /** The message is known to have come to this group at this very place. */
  #wasHere({ kind, group, lane, seq, scope, positionMajor, positionMinor }: EventRecord): boolean {
    if (kind !== EventKind.deliver) return false;
    const index = this.#state.lanes.indexOf(lane);
    const places = this.#state.groups[group]?.places;
    return places?.relation(index, seq, scope, positionMajor, positionMinor) === 'same';
  }

  #found(event: EventRecord, other: string): void {
    const { scope, positionMajor: major, positionMinor: minor } = event;
    this.#explained.add(this.#blocks.numberOf(scope, major, minor));
    if (!this.#conflicting.add(scope, major, minor)) return;
    const kind = event.kind === EventKind.deliver ? 'delivered' : 'answered';
    const note = `at ${placeText(this.#state, scope, { major, minor })}, where ${other} had been observed`;
    const index = this.#state.lanes.indexOf(event.lane);
    this.#findings.add(kind, index, event.seq, event.group, note);
  }

  /** Blocks whose sums do not show that all their observations agree. */
  #blocksThatAre(comparison: 'unknown' | 'different'): readonly number[] {
    return Array.from({ length: this.#blocks.size }, (_, block) => block).filter((block) => {
      const result = this.#blocks.compare(block);
      // Beside a conflict that is known, different sums prove no other, nor that there is none.
      const isUnknown = result === 'unknown' || this.#explained.has(block);
      return result !== 'equal' && isUnknown === (comparison === 'unknown');
    });
  }

  #result(unknown: readonly number[], different: readonly number[]): CheckResult {
    const count = this.#findings.count + different.length;
    if (count === 0 && unknown.length + this.#beyond > 0) {
      return { status: 'undecided', check: 'O1', reason: this.#whyOpen(unknown) };
    }
    this.#findings.possible = unknown.length;
    const result = this.#findings.result(Math.max(this.#exposure, count));
    if (result.status !== 'decided' || different.length === 0) return result;
    const inBlocks = different.slice(0, culpritsOfBlocks).map((block) => this.#culprit(block));
    return {
      ...result,
      count,
      classes: { ...result.classes, 'in a block': different.length },
      culprits: [...result.culprits, ...inBlocks],
    };
  }

  #whyOpen(unknown: readonly number[]): string {
    const [block] = unknown;
    if (block === undefined) return `${this.#beyond} observations were beyond the bounds of memory`;
    const more = unknown.length > 1 ? ` and ${plural(unknown.length - 1, 'more block')}` : '';
    return `messages at ${blockText(this.#state, this.#blocks.at(block))}${more} were no longer remembered`;
  }

  #culprit(block: number): Culprit {
    const of = this.#blocks.at(block);
    const note = `${blockText(this.#state, of)}: readers of the same positions got different messages`;
    return { about: 'scope', group: noGroup, scope: of.scope, atNs: this.#state.lastNs, note };
  }

  #nameOf(lane: number, seq: number): string {
    return `${this.#state.lanes.nameOf(lane)}:${seq}`;
  }
}

const culpritsOfBlocks = 16;
