import type { EventRecord } from '../../core/events.ts';
import { comparePositions, type Position } from '../../core/position.ts';
import { pairKey } from '../state/pair-key.ts';
import { type LaneCount, Plane } from '../state/planes.ts';

/** Deliveries that may wait for a commit at once, in all groups together. */
export const awaitingKept = 65_536;

interface Input {
  readonly position: Position;
  readonly lane: number;
  readonly seq: number;
}

interface ScopeOfGroup {
  /** Not yet below the committed position, ascending. */
  readonly awaiting: Input[];
  /** The furthest position whose commit was answered ok. */
  committed: Position | undefined;
}

/** The input of a group at a lane index is settled: the group's committed position lies behind it. */
type Settled = (lane: number, seq: number, group: number) => void;

/**
 * Commits of offsets as settlements: what a group was delivered below a position that it committed outside
 * a transaction is settled. Inside one the inputs are recorded one by one.
 */
export class CommittedInputs {
  /** By group: delivered when too many waited already, so that no commit will be seen to settle it. */
  readonly unwatched: readonly Plane[];
  readonly #scopes = new Map<number, ScopeOfGroup>();
  readonly #settled: Settled;
  #awaiting = 0;

  constructor(lanes: LaneCount, groups: number, settled: Settled) {
    this.unwatched = Array.from({ length: groups }, () => new Plane(lanes));
    this.#settled = settled;
  }

  /** @param event a delivery with a place @param lane the index of its lane */
  delivered(event: EventRecord, lane: number): void {
    const { group, seq, positionMajor, positionMinor } = event;
    const position = { major: positionMajor, minor: positionMinor };
    const of = this.#of(event);
    if (of.committed !== undefined && comparePositions(position, of.committed) < 0) {
      this.#settled(lane, seq, group);
      return;
    }
    const at = firstAtOrAfter(of.awaiting, position);
    const same = of.awaiting[at];
    const isKnown =
      same?.lane === lane && same.seq === seq && comparePositions(same.position, position) === 0;
    if (isKnown) return;
    if (this.#awaiting >= awaitingKept) {
      this.unwatched[group]?.set(lane, seq);
      return;
    }
    of.awaiting.splice(at, 0, { position, lane, seq });
    this.#awaiting += 1;
  }

  /** @param event a commit of an offset, outside a transaction, that was answered ok */
  committed(event: EventRecord): void {
    const position = { major: event.positionMajor, minor: event.positionMinor };
    const of = this.#of(event);
    if (of.committed !== undefined && comparePositions(position, of.committed) <= 0) return;
    of.committed = position;
    const passed = of.awaiting.splice(0, firstAtOrAfter(of.awaiting, position));
    this.#awaiting -= passed.length;
    for (const { lane, seq } of passed) this.#settled(lane, seq, event.group);
  }

  bytes(): number {
    return this.unwatched.reduce((sum, plane) => sum + plane.bytes(), this.#awaiting * 64);
  }

  #of({ group, scope }: EventRecord): ScopeOfGroup {
    const key = pairKey(group, scope);
    const known = this.#scopes.get(key);
    if (known !== undefined) return known;
    const made = { awaiting: [], committed: undefined };
    this.#scopes.set(key, made);
    return made;
  }
}

/** The index of the first input whose position is not below `position`; the length where all are. */
function firstAtOrAfter(inputs: readonly Input[], position: Position): number {
  let [low, high] = [0, inputs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const input = inputs[middle] as Input;
    if (comparePositions(input.position, position) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
