import { type EventRecord, noGroup } from '../../core/events.ts';
import type { CellFacts } from '../../core/facts.ts';
import type { GroupState } from './group-state.ts';
import type { LaneTable } from './lane-table.ts';
import { eachBit, Plane } from './planes.ts';

/** Why a group need not have a message, and may never be done with it: expired, dead-lettered, purged. */
export class Excuses {
  readonly #lanes: LaneTable;
  readonly #groups: readonly GroupState[];
  readonly #everywhere: Plane;
  readonly #ofGroup: readonly Plane[];
  /** By group: those whose dead letters it reads. */
  readonly #mainsOf: readonly (readonly number[])[];

  constructor({ groups }: CellFacts, lanes: LaneTable, states: readonly GroupState[]) {
    this.#lanes = lanes;
    this.#groups = states;
    this.#everywhere = new Plane(lanes);
    this.#ofGroup = groups.map(() => new Plane(lanes));
    this.#mainsOf = groups.map((_, reader) => mainsOf(groups, reader));
  }

  /** Messages of the word that the group need not have. */
  word(group: number, lane: number, word: number): number {
    return (this.#ofGroup[group]?.word(lane, word) ?? 0) | this.#everywhere.word(lane, word);
  }

  /** The group need not have the message. */
  has(group: number, lane: number, seq: number): boolean {
    return ((this.word(group, lane, seq >>> 5) >>> (seq & 31)) & 1) === 1;
  }

  /** A `dead-letter` or `expire`; of no group: everywhere. */
  gone({ lane, seq, group }: EventRecord): void {
    const index = this.#lanes.indexOf(lane);
    if (index < 0 || seq >= this.#lanes.nextOf(index)) return;
    if (group === noGroup) this.#everywhere.set(index, seq);
    else this.#ofGroup[group]?.set(index, seq);
  }

  isOfDeadLetters(group: number): boolean {
    return (this.#mainsOf[group] ?? []).length > 0;
  }

  /** What arrives in a group of dead letters was moved there. */
  delivered(group: number, lane: number, seq: number): void {
    const mains = this.#mainsOf[group];
    if (mains === undefined || mains.length === 0) return;
    for (const main of mains) this.#ofGroup[main]?.set(lane, seq);
  }

  /** Back where it came from, so that it has to be delivered there after all. */
  redriven({ lane, seq, group }: EventRecord): void {
    const index = this.#lanes.indexOf(lane);
    const mains = this.#mainsOf[group] ?? [];
    for (const main of mains.length > 0 ? mains : [group]) this.#ofGroup[main]?.clear(index, seq);
  }

  /** Everything that was sent so far and is not settled may have been removed. */
  purged(group: number): void {
    const done = this.#groups[group]?.done;
    if (done === undefined) return;
    this.#lanes.eachWord((lane, word) => {
      const left = this.#lanes.sentMask(lane, word) & ~done.word(lane, word);
      eachBit(left, word, (seq) => this.#ofGroup[group]?.set(lane, seq));
    });
  }

  bytes(): number {
    return this.#ofGroup.reduce((sum, plane) => sum + plane.bytes(), this.#everywhere.bytes());
  }
}

/** The subscriptions whose dead letters the group `reader` reads; several may share it. */
export function mainsOf(groups: CellFacts['groups'], reader: number): readonly number[] {
  const by = groups[reader];
  return [...groups.keys()].filter((main) => {
    const of = groups[main];
    if (of?.role !== 'subscription') return false;
    return of.deadLetter === reader || (by?.role === 'dead-letter' && by.of === main);
  });
}
