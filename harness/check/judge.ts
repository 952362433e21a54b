import type { CheckId } from '../core/clauses.ts';
import { describeError } from '../core/errors.ts';
import type { EventRecord } from '../core/events.ts';
import type { LaneSpan } from '../core/lanes.ts';
import type { CountsRecord } from '../record/schema.ts';
import type { CellFacts, CheckResult } from './check.ts';
import { Counts } from './counts.ts';
import { lostCheck } from './delivery/d1-lost.ts';
import { lostWithConsumerCheck } from './delivery/d10-lost-with-consumer.ts';
import { unsettledLossCheck } from './delivery/d12-unsettled-loss.ts';
import { duplicateProduceCheck } from './delivery/d4-duplicate-produce.ts';
import { unjustifiedCheck } from './delivery/d5-unjustified.ts';
import { afterAckCheck } from './delivery/d6-after-ack.ts';
import { phantomCheck } from './delivery/d7-phantom.ts';
import { ghostCheck } from './delivery/d8-ghost.ts';
import { corruptedCheck } from './delivery/d9-corrupted.ts';
import { LaneTable } from './state/lane-table.ts';
import { MessageState } from './state/message-state.ts';
import { reorderedCheck } from './order/o2-reordered.ts';
import type { StreamingCheck } from './streaming-check.ts';

export interface Judgement {
  /** One for each check, in the order of the vocabulary. */
  readonly results: readonly CheckResult[];
  readonly counts: CountsRecord;
  /** What the history should not contain, crashed checks included; any makes the cell inconclusive. */
  readonly irregularities: readonly string[];
}

/** Folds the merged history of one cell through every check. */
export interface Judge {
  /** Before the first event of its lanes. @throws InvariantError when it overlaps a known span */
  addLanes(span: LaneSpan): void;
  /** Never throws for a broken history or check: that becomes part of the judgement. */
  fold(event: EventRecord): void;
  /** Once, when the history is complete. */
  finish(): Judgement;
  /** Memory of planes, windows and tables. */
  bytes(): number;
}

type CheckFactory = (state: MessageState, seed: number) => StreamingCheck;

const factories: Readonly<Record<CheckId, CheckFactory>> = {
  D1: lostCheck,
  D4: duplicateProduceCheck,
  D5: unjustifiedCheck,
  D6: afterAckCheck,
  D7: phantomCheck,
  D8: ghostCheck,
  D9: corruptedCheck,
  D10: lostWithConsumerCheck,
  D12: unsettledLossCheck,
  O2: reorderedCheck,
};

export interface JudgeOptions {
  /** Chooses which culprits beyond the first are kept. */
  readonly seed: number;
  /** Replaces checks, for tests of what happens when one breaks. */
  readonly checks: Partial<Readonly<Record<CheckId, CheckFactory>>>;
}

export function createJudge(
  facts: CellFacts,
  { seed, checks }: JudgeOptions = { seed: 0, checks: {} },
): Judge {
  const lanes = new LaneTable();
  const state = new MessageState(facts, lanes);
  return new ComposedJudge(lanes, state, Object.values({ ...factories, ...checks }), seed);
}

interface Seat {
  readonly id: CheckId;
  readonly check: StreamingCheck;
  /** Why the check cannot be trusted any more; empty while it can. */
  broken: string;
}

class ComposedJudge implements Judge {
  readonly #lanes: LaneTable;
  readonly #state: MessageState;
  readonly #counts: Counts;
  readonly #seats: readonly Seat[];
  readonly #byKind: readonly (readonly Seat[])[];
  #stateBroken = '';

  constructor(
    lanes: LaneTable,
    state: MessageState,
    makers: readonly CheckFactory[],
    seed: number,
  ) {
    this.#lanes = lanes;
    this.#state = state;
    this.#counts = new Counts(state);
    this.#seats = makers.map((make) => {
      const check = make(state, seed);
      return { id: check.id, check, broken: '' };
    });
    this.#byKind = Array.from({ length: 256 }, (_, kind) =>
      this.#seats.filter(({ check }) => check.listensTo.some((listened) => listened === kind)),
    );
  }

  addLanes(span: LaneSpan): void {
    this.#lanes.add(span);
  }

  fold(event: EventRecord): void {
    if (this.#stateBroken !== '') return;
    try {
      this.#state.fold(event);
      this.#counts.fold(event);
    } catch (error) {
      this.#stateBroken = `the state of the messages broke: ${describeError(error)}`;
      return;
    }
    for (const seat of this.#byKind[event.kind] ?? []) {
      if (seat.broken !== '') continue;
      try {
        seat.check.fold(event);
      } catch (error) {
        seat.broken = `check ${seat.id} broke: ${describeError(error)}`;
      }
    }
  }

  finish(): Judgement {
    if (this.#stateBroken === '') this.#state.sends.complete();
    const results = this.#seats.map((seat) => this.#finishOne(seat));
    const broken = this.#seats.map((seat) => seat.broken).filter((reason) => reason !== '');
    return {
      results,
      counts: this.#counts.finish(),
      irregularities: [
        ...(this.#stateBroken === '' ? [] : [this.#stateBroken]),
        ...broken,
        ...this.#state.irregularities.list(),
      ],
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
