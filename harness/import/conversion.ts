import { type EventRecord, Flag, OutcomeCode } from '../core/events.ts';
import { LineProblem } from './line-problems.ts';
import type { HistoryNames } from './history-names.ts';
import type { Implied } from './implied.ts';
import type { LineTimes } from './line-times.ts';
import type { PositionValue } from './line-values.ts';
import type { OpenOperations } from './open-operations.ts';

/** What the conversion of a line needs of its history. */
export interface Conversion {
  readonly names: HistoryNames;
  readonly open: OpenOperations;
  readonly implied: Implied;
  readonly times: LineTimes;
  /** Lanes that were sent to, by lane number: only they are known to the checks. */
  readonly sent: SentLanes;
}

export class SentLanes {
  readonly #sent: boolean[] = [];

  mark(lane: number): void {
    this.#sent[lane] = true;
  }

  has(lane: number): boolean {
    return this.#sent[lane] === true;
  }
}

/** Scope of positions in a history that names none. */
const onlyScope = 'default';

export function placeOf(
  of: Conversion,
  event: EventRecord,
  scope: string | number | undefined,
  position: PositionValue | undefined,
): void {
  if (position === undefined) {
    if (scope === undefined) return;
    throw new LineProblem('a "scope" without a "position" says nothing');
  }
  event.scope = of.names.scopes.numberOf(scope ?? onlyScope);
  event.flags |= Flag.placed;
  if (typeof position === 'number') event.positionMajor = position;
  else [event.positionMajor, event.positionMinor] = position;
}

export function outcomeOf(of: Conversion, event: EventRecord, line: Outcome): void {
  event.outcome = OutcomeCode[line.outcome];
  if (line.error !== undefined) event.code = of.names.errors.numberOf(line.error);
}

interface Outcome {
  readonly outcome: 'ok' | 'fail' | 'unknown';
  readonly error?: string | undefined;
}

export function messageOf(
  of: Conversion,
  event: EventRecord,
  line: { readonly lane: string | number; readonly seq: number },
): void {
  event.lane = of.names.lanes.numberOf(line.lane);
  event.seq = line.seq;
}

/** Group and session of a consumer's event. */
export function holderOf(
  of: Conversion,
  event: EventRecord,
  line: {
    readonly actor: string | number;
    readonly group?: string | number | undefined;
    readonly session?: string | number | undefined;
  },
): void {
  if (line.group !== undefined) event.group = of.names.groups.numberOf(line.group);
  event.session = of.names.sessionOf(line.actor, line.session, line.group);
}

/** A millisecond value in the 32 bits of a record; a part of one counts as a whole. */
export function wholeMs(milliseconds: number): number {
  return Math.ceil(milliseconds);
}
