import { type CheckId, checkIds } from '../core/anomalies.ts';
import { describeError } from '../core/errors.ts';
import { eachOfRun } from '../core/event-run.ts';
import type { EventKind, EventRecord } from '../core/events.ts';
import type { CellFacts } from '../core/facts.ts';
import type { LaneSpan } from '../core/lanes.ts';
import type { CountsRecord } from '../record/schema.ts';
import { checkModules } from './catalog.ts';
import type { Check, CheckModule, CheckResult } from './check.ts';
import { Counts } from './counts.ts';
import type { NameOf } from './event-names.ts';
import type { HistoryPass } from './history-pass.ts';
import { Silence } from './silence.ts';
import { LaneTable } from './state/lane-table.ts';
import { MessageState } from './state/message-state.ts';

export interface Judgement {
  /** One for each check, in the order of the vocabulary. */
  readonly results: readonly CheckResult[];
  readonly counts: CountsRecord;
  /** Between acknowledgements; null when none was. */
  readonly longestGapNs: number | null;
  /** What the history should not contain, crashed checks included; any makes the cell inconclusive. */
  readonly irregularities: readonly string[];
}

/** Folds the merged history of one cell through every check. */
export interface Judge {
  /** Before the first event of its lanes. @throws InvariantError when it overlaps a known span */
  addLanes(span: LaneSpan): void;
  /**
   * Never throws for a broken history or check: that becomes part of the judgement.
   * @param count of the run that begins with the event, see `eachOfRun`; 1 if it is left out
   */
  fold(event: EventRecord, count?: number): void;
  /** A delivery of a lane that another judge folds, and for no check here. */
  deliveredElsewhere(event: EventRecord, status: 'early' | 'sent'): void;
  /** Once, when the history is complete. */
  finish(): Judgement;
  /** After `finish`: what bounds of memory left open, decided by showing the same history again. */
  resolve(judgement: Judgement, history: HistoryPass): Judgement;
  /** Memory of planes, windows and tables. */
  bytes(): number;
}

/** Makes one check of a cell; what a catalogue's module has of it. */
export type CheckMaker = Pick<CheckModule, 'id' | 'applies' | 'create'>;

export interface JudgeOptions {
  /** Chooses which culprits beyond the first are kept. */
  readonly seed: number;
  /** The checks to make; a cell's cost is that of those which apply to it. */
  readonly checks: readonly CheckMaker[];
  /** What things are called in sentences; their numbers without. */
  readonly nameOf: NameOf;
}

export function createJudge(facts: CellFacts, options: Partial<JudgeOptions> = {}): Judge {
  const { seed = 0, checks = checkModules, nameOf = byNumber } = options;
  const lanes = new LaneTable((lane) => nameOf('lane', lane));
  return new ComposedJudge(lanes, new MessageState(facts, lanes, nameOf), checks, seed);
}

const byNumber: NameOf = (_thing, number) => String(number);

interface Seat {
  readonly id: CheckId;
  readonly check: Check;
  /** Why the check cannot be trusted any more; empty while it can. */
  broken: string;
}

type Fold = (event: EventRecord, count: number) => void;

/**
 * Bound, because dozens of checks are called for every event: to look a method up in as many classes takes
 * longer than most of them do.
 */
function foldsOf(
  listeners: readonly { fold(event: EventRecord, count?: number): void }[],
): readonly Fold[] {
  return listeners.map((listener) => listener.fold.bind(listener));
}

/** Who listens to each kind, in their order. */
function byKind<T>(
  listeners: readonly T[],
  listensTo: (listener: T) => readonly EventKind[],
): readonly (readonly T[])[] {
  const lists: T[][] = Array.from({ length: 256 }, () => []);
  for (const listener of listeners) {
    for (const kind of new Set(listensTo(listener))) lists[kind]?.push(listener);
  }
  return lists;
}

class ComposedJudge implements Judge {
  readonly #lanes: LaneTable;
  readonly #state: MessageState;
  readonly #counts: Counts;
  readonly #silence = new Silence();
  readonly #seats: readonly Seat[];
  /** By kind. */
  readonly #partsOf: readonly (readonly Fold[])[];
  #foldsOf: readonly (readonly Fold[])[] = [];
  #seatsOf: readonly (readonly Seat[])[] = [];
  /** By kind: whether everybody who listens to it takes runs. */
  #takesRuns: readonly boolean[] = [];
  readonly #inapplicable: readonly CheckResult[];
  #stateBroken = '';

  constructor(lanes: LaneTable, state: MessageState, makers: readonly CheckMaker[], seed: number) {
    this.#lanes = lanes;
    this.#state = state;
    this.#counts = new Counts(state);
    this.#inapplicable = makers.flatMap(({ id, applies }): CheckResult[] => {
      const reason = applies(state.facts);
      return reason === undefined ? [] : [{ status: 'inapplicable', check: id, reason }];
    });
    this.#seats = makers
      .filter(({ applies }) => applies(state.facts) === undefined)
      .map(({ id, create }) => ({ id, check: create(state, seed), broken: '' }));
    this.#partsOf = byKind(state.parts, ({ listensTo }) => listensTo).map(foldsOf);
    this.#arrange();
  }

  addLanes(span: LaneSpan): void {
    this.#lanes.add(span);
  }

  fold(event: EventRecord, count = 1): void {
    if (this.#stateBroken !== '') return;
    try {
      if (count === 1) this.#state.fold(event);
      else if (!this.#takesRuns[event.kind] || !this.#state.foldRun(event, count)) {
        return eachOfRun(event, count, (one) => this.fold(one));
      }
      this.#counts.fold(event, count);
      this.#silence.fold(event, count);
    } catch (error) {
      this.#stateBroken = `the state of the messages broke: ${describeError(error)}`;
      return;
    }
    try {
      const parts = this.#partsOf[event.kind] as readonly Fold[];
      for (let at = 0; at < parts.length; at += 1) (parts[at] as Fold)(event, count);
    } catch (error) {
      this.#stateBroken = `shared state broke: ${describeError(error)}`;
      return;
    }
    const folds = this.#foldsOf[event.kind] as readonly Fold[];
    const seats = this.#seatsOf[event.kind] as readonly Seat[];
    let at = 0;
    while (at < folds.length) {
      try {
        for (; at < folds.length; at += 1) (folds[at] as Fold)(event, count);
      } catch (error) {
        const seat = seats[at] as Seat;
        seat.broken = `check ${seat.id} broke: ${describeError(error)}`;
        this.#arrange();
        at += 1;
      }
    }
  }

  /** Who is shown what; a check that broke sees no more. */
  #arrange(): void {
    const whole = this.#seats.filter(({ broken }) => broken === '');
    this.#seatsOf = byKind(whole, ({ check }) => check.listensTo);
    this.#foldsOf = this.#seatsOf.map((seats) => foldsOf(seats.map(({ check }) => check)));
    const parts = byKind(this.#state.parts, ({ listensTo }) => listensTo);
    this.#takesRuns = this.#seatsOf.map((seats, kind) =>
      [...seats.map(({ check }) => check), ...(parts[kind] ?? [])].every(
        ({ takesRuns }) => takesRuns === true,
      ),
    );
  }

  deliveredElsewhere(event: EventRecord, status: 'early' | 'sent'): void {
    this.#state.deliveredElsewhere(event, status);
  }

  finish(): Judgement {
    if (this.#stateBroken === '') this.#state.sends.complete();
    const judged = this.#seats.map((seat) => this.#finishOne(seat));
    const results = [...judged, ...this.#inapplicable].toSorted(
      (a, b) => checkIds.indexOf(a.check) - checkIds.indexOf(b.check),
    );
    const broken = this.#seats.map((seat) => seat.broken).filter((reason) => reason !== '');
    const counts = this.#counts.finish();
    return {
      results,
      counts,
      longestGapNs: counts.acknowledged === 0 ? null : this.#silence.longestNs,
      irregularities: [
        ...(this.#stateBroken === '' ? [] : [this.#stateBroken]),
        ...broken,
        ...this.#state.irregularities.list(),
      ],
    };
  }

  resolve(judgement: Judgement, history: HistoryPass): Judgement {
    const resolved = new Map<CheckId, CheckResult>();
    const broken: string[] = [];
    for (const seat of this.#seats) {
      if (this.#stateBroken !== '' || seat.broken !== '') continue;
      try {
        const result = seat.check.resolve?.(history);
        if (result !== undefined) resolved.set(seat.id, result);
      } catch (error) {
        seat.broken = `check ${seat.id} broke: ${describeError(error)}`;
        broken.push(seat.broken);
        resolved.set(seat.id, { status: 'undecided', check: seat.id, reason: seat.broken });
      }
    }
    return {
      ...judgement,
      results: judgement.results.map((result) => resolved.get(result.check) ?? result),
      irregularities: [...broken, ...judgement.irregularities],
    };
  }

  bytes(): number {
    return this.#state.bytes();
  }

  #finishOne(seat: Seat): CheckResult {
    const reason = this.#stateBroken === '' ? seat.broken : this.#stateBroken;
    if (reason !== '') return { status: 'undecided', check: seat.id, reason };
    try {
      return seat.check.finish();
    } catch (error) {
      seat.broken = `check ${seat.id} broke: ${describeError(error)}`;
      return { status: 'undecided', check: seat.id, reason: seat.broken };
    }
  }
}
