import { isUndecodable } from '../actors/examination.ts';
import { Users } from '../actors/draws/users.ts';
import { EventKind, type EventRecord, Flag, OutcomeCode } from '../core/events.ts';
import type { Cell } from '../plan/cell.ts';
import type { ExerciseRecord } from '../record/exercise-schema.ts';
import { policyOf, tapsOf, usersOf } from './taps.ts';

/** One message of the cell as one number: no lane of an exercise has two million messages. */
const keyOf = (lane: number, seq: number): number => lane * 0x20_0000 + seq;

/** Counts what the taps of a cell are about: how users are spread, what was set aside, and what was written to files. */
export class Exercise {
  readonly #scopes: number;
  readonly #perScope: number[];
  readonly #users: Users | undefined;
  readonly #population: number;
  readonly #seen: Uint8Array;
  readonly #isUndecodable: (lane: number, seq: number) => boolean;
  readonly #deadGroup: number;
  readonly #undecodable = new Set<number>();
  readonly #found = new Set<number>();
  readonly #rows = new Set<number>();
  #deadLetters = 0;
  #files = 0;
  #rowsAgain = 0;

  constructor(cell: Cell) {
    const { scenario } = cell;
    const users = usersOf(cell);
    this.#users = users && new Users(users);
    this.#population = users?.users ?? 0;
    this.#seen = new Uint8Array(Math.ceil(this.#population / 8));
    this.#scopes = scenario.topology.scopes;
    this.#perScope = Array.from({ length: this.#scopes }, () => 0);
    const placed = tapsOf(scenario).find(({ tap }) => tap.does.kind === 'examine');
    const policy = placed && policyOf(cell, placed, '');
    this.#deadGroup = placed?.deadLetters?.group ?? -1;
    this.#isUndecodable = (lane, seq) =>
      policy?.kind === 'examine' && isUndecodable(policy, lane, seq);
  }

  observe(event: EventRecord): void {
    const { kind, group, outcome, lane, seq } = event;
    if (kind === EventKind.deliver && group === this.#deadGroup) {
      this.#deadLetters += 1;
      this.#found.add(keyOf(lane, seq));
    }
    if (kind !== EventKind.sendSettled || outcome !== OutcomeCode.ok) return;
    // Destinations are numbered through: what jobs make has scopes beyond.
    if ((event.flags & Flag.placed) === 0 || event.scope >= this.#scopes) return;
    this.#perScope[event.scope] = (this.#perScope[event.scope] ?? 0) + 1;
    if (this.#isUndecodable(lane, seq)) this.#undecodable.add(keyOf(lane, seq));
    const user = this.#users?.userOf(lane, seq) ?? 0;
    if (this.#users !== undefined) {
      this.#seen[user >>> 3] = (this.#seen[user >>> 3] ?? 0) | (1 << (user & 7));
    }
  }

  fileRead(): void {
    this.#files += 1;
  }

  /** @returns whether it is the first of its event */
  row(lane: number, seq: number): boolean {
    const key = keyOf(lane, seq);
    const isFirst = !this.#rows.has(key);
    if (isFirst) this.#rows.add(key);
    else this.#rowsAgain += 1;
    return isFirst;
  }

  record(): Omit<ExerciseRecord, 'examined' | 'stages'> {
    const missing = [...this.#undecodable].filter((key) => !this.#found.has(key)).length;
    const others = [...this.#found].filter((key) => !this.#undecodable.has(key)).length;
    return {
      spread: {
        users: this.#population,
        usersSeen: this.#seen.reduce((sum, byte) => sum + bitsOf(byte), 0),
        partitions: this.#scopes,
        least: Math.min(...this.#perScope),
        most: Math.max(...this.#perScope),
        chiSquare: chiSquareOf(this.#perScope),
      },
      setAside: {
        undecodable: this.#undecodable.size,
        deadLetters: this.#deadLetters,
        missing,
        others,
      },
      files: { files: this.#files, rows: this.#rows.size, rowsAgain: this.#rowsAgain },
    };
  }
}

function bitsOf(byte: number): number {
  let bits = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) bits += 1;
  return bits;
}

/** Against equal shares: with one degree of freedom less than there are counts. */
export function chiSquareOf(counts: readonly number[]): number {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  if (!(mean > 0)) return 0;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
}
