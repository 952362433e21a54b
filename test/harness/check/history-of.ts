import { checkModules } from '../../../harness/check/catalog.ts';
import type { Check, CheckResult } from '../../../harness/check/check.ts';
import { type CellFacts, plainFacts, plainGroup } from '../../../harness/core/facts.ts';
import { type CheckMaker, createJudge, type Judgement } from '../../../harness/check/judge.ts';
import type { CheckId } from '../../../harness/core/anomalies.ts';
import {
  CorruptionCode,
  emptyEvent,
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
} from '../../../harness/core/events.ts';

export const producer = 1;
/** Consumers 2 and 3 with sessions 20 and 30; each consumer's later sessions count up from there. */
export const consumerA = { actor: 2, session: 20 };
export const consumerB = { actor: 3, session: 30 };

export const settling: CellFacts = {
  ...plainFacts,
};

export const twoGroups = { groups: [plainGroup, plainGroup] };

export interface Holder {
  readonly actor: number;
  readonly session: number;
}

export interface DeliveryDetails {
  readonly to?: Holder;
  readonly group?: number;
  readonly at?: readonly [scope: number, position: number];
  /** Pull delivery, requested then. */
  readonly requestedNs?: number;
  readonly redelivered?: boolean;
  readonly attempt?: number;
  readonly leaseMs?: number;
}

export interface SettlementDetails {
  readonly to?: Holder;
  readonly group?: number;
  /** The new lease of an extension. */
  readonly leaseMs?: number;
}

type Outcome = 'ok' | 'fail' | 'unknown';

/** Writes small histories, one event a microsecond unless told otherwise; every method adds events. */
export class HistoryBuilder {
  readonly events: EventRecord[] = [];
  nowNs = 0;
  #ticket = 0;

  /** Moves the time of the next event forward. */
  wait(ns: number): this {
    this.nowNs += ns;
    return this;
  }

  add(event: Partial<EventRecord>): this {
    this.nowNs += 1_000;
    this.events.push({ ...emptyEvent(), timeNs: this.nowNs, ...event });
    return this;
  }

  open({ actor, session }: Holder, group = 0): this {
    return this.add({ kind: EventKind.sessionOpened, actor, session, group });
  }

  close({ actor, session }: Holder, group = 0): this {
    return this.add({ kind: EventKind.sessionClosed, actor, session, group });
  }

  lost({ actor, session }: Holder, group = 0): this {
    return this.add({ kind: EventKind.lost, actor, session, group });
  }

  crash({ actor }: { readonly actor: number }): this {
    return this.add({ kind: EventKind.crashed, actor });
  }

  invoke(lane: number, seq: number, attempt = 1): this {
    return this.add({ kind: EventKind.sendInvoke, actor: producer, lane, seq, attempt });
  }

  settled(lane: number, seq: number, outcome: Outcome, at?: readonly [number, number]): this {
    return this.add({
      kind: EventKind.sendSettled,
      actor: producer,
      lane,
      seq,
      outcome: OutcomeCode[outcome],
      ...place(at),
    });
  }

  send(lane: number, seq: number, outcome: Outcome = 'ok', at?: readonly [number, number]): this {
    return this.invoke(lane, seq).settled(lane, seq, outcome, at);
  }

  /** Seq 0 to count - 1, all answered ok. */
  sendAll(lane: number, count: number): this {
    for (let seq = 0; seq < count; seq += 1) this.send(lane, seq);
    return this;
  }

  deliver(lane: number, seq: number, details: DeliveryDetails = {}): this {
    const { to = consumerA, group = 0, at, requestedNs, redelivered, attempt, leaseMs } = details;
    const { flags, ...where } = place(at);
    return this.add({
      kind: EventKind.deliver,
      ...to,
      lane,
      seq,
      group,
      ...where,
      flags:
        flags |
        (requestedNs === undefined ? 0 : Flag.pulled) |
        (redelivered === undefined ? 0 : Flag.flagKnown) |
        (redelivered === true ? Flag.redelivered : 0),
      auxNs: requestedNs ?? -1,
      attempt: attempt ?? 0,
      ref: leaseMs ?? 0,
    });
  }

  settle(
    lane: number,
    seq: number,
    how: keyof typeof SettlementCode = 'acknowledge',
    outcome: Outcome = 'ok',
    { to = consumerA, group = 0, leaseMs = 0 }: SettlementDetails = {},
  ): this {
    return this.beginSettle(lane, seq, how, { to, group, leaseMs }).add({
      kind: EventKind.settleSettled,
      ...to,
      lane,
      seq,
      group,
      ticket: this.#ticket,
      detail: SettlementCode[how],
      outcome: OutcomeCode[outcome],
      ref: leaseMs,
    });
  }

  beginSettle(
    lane: number,
    seq: number,
    how: keyof typeof SettlementCode = 'acknowledge',
    { to = consumerA, group = 0, leaseMs = 0 }: SettlementDetails = {},
  ): this {
    this.#ticket += 1;
    const detail = SettlementCode[how];
    const ticket = this.#ticket;
    const of = { ...to, lane, seq, group, ticket, detail, ref: leaseMs };
    return this.add({ kind: EventKind.settleInvoke, ...of });
  }

  processed(lane: number, seq: number, to: Holder = consumerA, group = 0): this {
    return this.add({ kind: EventKind.processDone, ...to, lane, seq, group });
  }

  consume(lane: number, seq: number, details: DeliveryDetails = {}): this {
    const { to = consumerA, group = 0 } = details;
    return this.deliver(lane, seq, details).settle(lane, seq, 'acknowledge', 'ok', { to, group });
  }

  corrupt(lane: number, seq: number, detail: keyof typeof CorruptionCode): this {
    return this.add({
      kind: EventKind.corrupted,
      ...consumerA,
      group: 0,
      lane,
      seq,
      detail: CorruptionCode[detail],
    });
  }

  drained(group = 0): this {
    return this.add({ kind: EventKind.drainComplete, group });
  }
}

export function historyOf(): HistoryBuilder {
  return new HistoryBuilder();
}

function place(at: readonly [number, number] | undefined): {
  flags: number;
  scope: number;
  positionMajor: number;
} {
  if (at === undefined) return { flags: 0, scope: 0, positionMajor: 0 };
  return { flags: Flag.placed, scope: at[0], positionMajor: at[1] };
}

/** Lanes 0 to 3 are ordered, 4 and 5 are not; nothing else is registered. */
export function judge(
  history: HistoryBuilder | readonly EventRecord[],
  facts: Partial<CellFacts> = {},
  checks: readonly CheckMaker[] = checkModules,
): Judgement {
  const judge = createJudge({ ...settling, ...facts }, { checks });
  judge.addLanes({ first: 0, count: 4, ordered: true, actor: producer, route: -1 });
  judge.addLanes({ first: 4, count: 2, ordered: false, actor: producer, route: -1 });
  const reused = emptyEvent();
  const events = history instanceof HistoryBuilder ? history.events : history;
  for (const event of events) judge.fold(Object.assign(reused, event));
  return judge.finish();
}

/** What one check says when it is alone: for thousands of histories, which all of them would take long to judge. */
export function resultAlone(
  id: CheckId,
  history: HistoryBuilder | readonly EventRecord[],
  facts: Partial<CellFacts> = {},
): CheckResult {
  return resultOf(judge(history, facts, only(id)), id);
}

/** The catalogue without the others. */
export function only(...ids: readonly CheckId[]): readonly CheckMaker[] {
  return checkModules.filter(({ id }) => ids.includes(id));
}

/** Says nothing but what D1, D8 and T1 say. */
const derived: readonly CheckId[] = ['L5'];

/** `D1: 2`, `D6: 0+1` (found + possible), `D1: undecided`; clean and derived ones are left out. */
export function findings(judgement: Judgement): Partial<Record<CheckId, string>> {
  const found: Partial<Record<CheckId, string>> = {};
  for (const { check: id } of judgement.results) {
    const text = findingText(resultOf(judgement, id));
    if (text !== '0' && !derived.includes(id)) found[id] = text;
  }
  return found;
}

export function resultOf({ results }: Judgement, id: CheckId): CheckResult {
  const result = results.find(({ check }) => check === id);
  if (result === undefined) throw new Error(`no result of ${id}`);
  return result;
}

function findingText(result: CheckResult): string {
  if (result.status === 'inapplicable') return '0';
  if (result.status === 'undecided') return 'undecided';
  return result.possible === 0 ? String(result.count) : `${result.count}+${result.possible}`;
}

/** The catalogue with one check made otherwise. */
export function withMaker(id: CheckId, create: () => Check): readonly CheckMaker[] {
  return checkModules.map((module) => (module.id === id ? { ...module, create } : module));
}
