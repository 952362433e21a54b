import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../core/events.ts';
import { comparePositions, type Position } from '../../core/position.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { type TransactionState, transactionsOf } from '../state/transaction-state.ts';
import { withReadCommitted } from './applies.ts';
import { givenUp } from './given-up.ts';
import { StableLog } from './stable-log.ts';
import { Stairs } from './stairs.ts';
import { WriterWindow } from './writer-window.ts';

export const hanging: CheckModule = {
  id: 'T9',
  definition:
    'A read by a subscription that reads committed messages only could not see an entry of its scope, although the entry had been acknowledged and committed, and every transaction that had begun by then had ended, for longer than the bound `hangingMs`.',
  source:
    'KIP-664 (detection of hanging transactions); KIP-890 (“the last stable offset does not update … read_committed consumers get stuck”)',
  memory: 'up to 64 positions a scope, and 512 steps of the oldest open transaction',
  example: [
    '{"kind":"history","version":1,"bounds":{"hangingMs":100}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0,"transaction":"x"}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"s","position":0}',
    '{"timeMs":3,"kind":"tx.end.invoke","actor":"p","transaction":"x","end":"abort"}',
    '{"timeMs":4,"kind":"tx.end.settled","actor":"p","transaction":"x","end":"abort","outcome":"ok"}',
    '{"timeMs":5,"kind":"send.invoke","actor":"p","lane":"a","seq":1,"transaction":"y"}',
    '{"timeMs":6,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok","scope":"s","position":2}',
    '{"timeMs":7,"kind":"tx.end.invoke","actor":"p","transaction":"y","end":"commit"}',
    '{"timeMs":8,"kind":"tx.end.settled","actor":"p","transaction":"y","end":"commit","outcome":"ok"}',
    '{"timeMs":201,"kind":"read","actor":"c","group":"g","scope":"s","requestedMs":200,"position":0}',
  ],
  applies: withReadCommitted,
  create: (state, seed) => new HangingCheck(state, seed),
};

/** One subscription's view of one scope. */
interface View {
  /** The furthest entry that it should have seen by now, until a read sees further than that. */
  stuckAt: Position | undefined;
}

/**
 * T9, hanging transaction. The evidence is `read` with the visible end, as a position says only how far a
 * reader came; without any, nothing is decided. An entry may rightly wait for every transaction that began
 * before it could be read, in whatever scope, until that ends by an answer or is fenced by a newer epoch;
 * one whose end nobody knows is taken for open. Counts each time that a subscription gets stuck in a
 * scope, until a read has seen further; it is not told from a reader that is merely stale (V6) for as long.
 */
class HangingCheck implements Check {
  readonly listensTo = [
    EventKind.sendInvoke,
    EventKind.sendSettled,
    EventKind.transactionBegin,
    EventKind.transactionRead,
    EventKind.offsetCommitSettled,
    EventKind.transactionInit,
    EventKind.transactionEndInvoke,
    EventKind.transactionEndSettled,
    EventKind.read,
  ];
  readonly #state: MessageState;
  readonly #transactions: TransactionState;
  readonly #findings: Findings;
  readonly #hangingNs: number;
  readonly #writers = new WriterWindow();
  /** The furthest place by scope that each open transaction wrote. */
  readonly #written = new Map<number, Map<number, Position>>();
  readonly #stairs = new Map<number, Stairs>();
  readonly #log: StableLog;
  /** By group and scope. */
  readonly #views: readonly Map<number, View>[];
  #reads = 0;
  #exposure = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#transactions = transactionsOf(state);
    this.#findings = new Findings('T9', state.lanes, seed);
    this.#hangingNs = state.facts.bounds.hangingMs * 1e6;
    this.#log = new StableLog(this.#hangingNs * 2);
    this.#views = state.groups.map(() => new Map<number, View>());
  }

  fold(event: EventRecord): void {
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.sendInvoke:
        return this.#sent(event);
      case EventKind.sendSettled:
        return this.#answered(event);
      case EventKind.read:
        return this.#read(event);
      case EventKind.transactionEndSettled:
        this.#ended(event);
        return this.#step(event);
      default:
        // Of some transactions this is the first that is heard.
        return this.#step(event);
    }
  }

  finish(): CheckResult {
    const undecided = givenUp(this.#findings, this.#transactions);
    if (undecided !== undefined) return undecided;
    if (this.#reads === 0) {
      const reason = 'no `read` says how far a reader could see';
      return { status: 'undecided', check: 'T9', reason };
    }
    return this.#findings.result(this.#exposure);
  }

  #sent(event: EventRecord): void {
    const index = this.#state.lanes.indexOf(event.lane);
    if (event.ref === 0 || index < 0) return;
    this.#writers.remember(index, event.seq, event.ref);
    // It may be the first that is heard of its transaction.
    if (this.#transactions.open.get(event.ref)?.beganNs === event.timeNs) this.#step(event);
  }

  #answered(event: EventRecord): void {
    if (event.outcome !== OutcomeCode.ok || (event.flags & Flag.placed) === 0) return;
    const index = this.#state.lanes.indexOf(event.lane);
    if (index < 0) return;
    const { seq, scope, positionMajor: major, positionMinor: minor } = event;
    const position = { major, minor };
    if (!this.#transactions.written.get(index, seq)) {
      return this.#stairsOf(scope).add(event.timeNs, position);
    }
    if (this.#transactions.several.get(index, seq)) return;
    if (this.#transactions.committed.get(index, seq)) {
      return this.#stairsOf(scope).add(event.timeNs, position);
    }
    const writer = this.#writers.writerOf(index, seq);
    if (!this.#transactions.open.has(writer)) return;
    const places = this.#written.get(writer) ?? new Map<number, Position>();
    this.#written.set(writer, places);
    const known = places.get(scope);
    if (known === undefined || comparePositions(position, known) > 0) places.set(scope, position);
  }

  #ended({ ref, outcome, timeNs }: EventRecord): void {
    const { ended } = this.#transactions;
    if (outcome !== OutcomeCode.ok || ended === undefined) return;
    if (ended.outcome === 'committed') {
      for (const [scope, position] of this.#written.get(ref) ?? []) {
        this.#stairsOf(scope).add(timeNs, position);
      }
    }
    this.#written.delete(ref);
  }

  #step({ timeNs }: EventRecord): void {
    let oldestNs: number | undefined;
    for (const { fenced, beganNs } of this.#transactions.open.values()) {
      if (fenced) continue;
      oldestNs = beganNs;
      break;
    }
    this.#log.note(timeNs, oldestNs);
  }

  #read(event: EventRecord): void {
    const { group, scope, auxNs, positionMajor: major, positionMinor: minor } = event;
    const views = this.#views[group];
    if (views === undefined || this.#state.facts.groups[group]?.role !== 'subscription') return;
    if ((event.flags & Flag.placed) === 0) return;
    this.#reads += 1;
    const barrierNs = this.#log.barrierBefore(auxNs - this.#hangingNs);
    const readable = this.#stairs.get(scope)?.furthestBefore(barrierNs);
    if (this.#transactions.dropped > 0) return;
    if (readable !== undefined) this.#exposure += 1;
    const view = views.get(scope) ?? { stuckAt: undefined };
    views.set(scope, view);
    const { stuckAt } = view;
    if (readable === undefined || comparePositions({ major, minor }, readable) > 0) {
      // One that was requested long before may see less than others have missed, and tells nothing.
      const gotOn = stuckAt !== undefined && comparePositions({ major, minor }, stuckAt) > 0;
      if (gotOn) view.stuckAt = undefined;
      return;
    }
    if (stuckAt === undefined) {
      const note = `it could see up to ${major}, and ${readable.major} had been committed for longer than the bound`;
      const about = { about: 'scope', scope, atNs: event.timeNs, group } as const;
      this.#findings.addAbout('stuck', { ...about, note });
    }
    const isFurther = stuckAt === undefined || comparePositions(readable, stuckAt) > 0;
    if (isFurther) view.stuckAt = readable;
  }

  #stairsOf(scope: number): Stairs {
    const known = this.#stairs.get(scope);
    if (known !== undefined) return known;
    const stairs = new Stairs();
    this.#stairs.set(scope, stairs);
    return stairs;
  }
}
