import {
  BindingCode,
  type EventRecord,
  Flag,
  noEpoch,
  noGroup,
  OutcomeCode,
  SettlementCode,
  TransactionEndCode,
} from '../core/events.ts';
import type { HistoryNamesRecord } from './sidecar.ts';

/** Fields of a line by name; what is undefined is left out. */
export type LineFields = Readonly<Record<string, unknown>>;

export function nameAt(names: readonly string[], number: number): string {
  return names[number] ?? String(number);
}

/** The name of a code in one of the vocabulary's tables. */
export function nameIn(table: Readonly<Record<string, number>>, code: number): string | undefined {
  return Object.entries(table).find(([, known]) => known === code)?.[0];
}

/** Undefined for a negative instant, which stands for none. */
export function msOf(ns: number): number | undefined {
  return ns < 0 ? undefined : ns / 1e6;
}

export function flag({ flags }: EventRecord, bit: number): true | undefined {
  return (flags & bit) === 0 ? undefined : true;
}

export function groupName({ group }: EventRecord, names: HistoryNamesRecord): string | undefined {
  return group === noGroup ? undefined : nameAt(names.groups, group);
}

export function transactionName(number: number, names: HistoryNamesRecord): string | undefined {
  return number === 0 ? undefined : (names.transactions[number - 1] ?? String(number));
}

export function position({ positionMajor, positionMinor }: EventRecord): unknown {
  return positionMinor === 0 ? positionMajor : [positionMajor, positionMinor];
}

export function place(event: EventRecord, names: HistoryNamesRecord): LineFields {
  if ((event.flags & Flag.placed) === 0) return {};
  return { scope: nameAt(names.scopes, event.scope), position: position(event) };
}

export function message({ lane, seq }: EventRecord, names: HistoryNamesRecord): LineFields {
  return { lane: nameAt(names.lanes, lane), seq };
}

export function holder(event: EventRecord, names: HistoryNamesRecord): LineFields {
  return { group: groupName(event, names), session: String(event.session) };
}

export function outcome(event: EventRecord, names: HistoryNamesRecord): LineFields {
  const { code } = event;
  return {
    outcome: nameIn(OutcomeCode, event.outcome),
    error: code === 0 ? undefined : (names.errors[code - 1] ?? `code ${code}`),
  };
}

export function sent(event: EventRecord, names: HistoryNamesRecord): LineFields {
  return {
    ...message(event, names),
    attempt: event.attempt,
    final: flag(event, Flag.finalAttempt),
    session: event.session === 0 ? undefined : String(event.session),
    ticket: event.ticket,
  };
}

export function received(event: EventRecord, names: HistoryNamesRecord): LineFields {
  const isPulled = (event.flags & Flag.pulled) !== 0;
  const isFlagged = (event.flags & (Flag.redelivered | Flag.flagKnown)) !== 0;
  return {
    ...holder(event, names),
    ...message(event, names),
    ...place(event, names),
    attempt: event.attempt || undefined,
    redelivered: isFlagged ? (event.flags & Flag.redelivered) !== 0 : undefined,
    requestedMs: isPulled ? msOf(event.auxNs) : undefined,
    leaseMs: event.ref || undefined,
  };
}

export function settlement(event: EventRecord, names: HistoryNamesRecord): LineFields {
  return {
    ...holder(event, names),
    ...message(event, names),
    how: nameIn(SettlementCode, event.detail),
    leaseMs: event.ref || undefined,
    ticket: event.ticket,
  };
}

export function transactional(event: EventRecord, names: HistoryNamesRecord): LineFields {
  const epoch = event.seq === noEpoch ? undefined : event.seq;
  return { transactionalId: nameAt(names.transactionalIds, event.scope), epoch };
}

export function transactionEnd(event: EventRecord, names: HistoryNamesRecord): LineFields {
  return {
    transaction: transactionName(event.ref, names),
    ...transactional(event, names),
    end: nameIn(TransactionEndCode, event.detail),
  };
}

export function assignment(event: EventRecord, names: HistoryNamesRecord): LineFields {
  return {
    ...holder(event, names),
    scope: nameAt(names.scopes, event.scope),
    generation: event.ref || undefined,
  };
}

export function offsetCommit(event: EventRecord, names: HistoryNamesRecord): LineFields {
  return {
    ...holder(event, names),
    scope: nameAt(names.scopes, event.scope),
    position: position(event),
    generation: event.ref || undefined,
    transaction: transactionName(event.seq, names),
    ticket: event.ticket,
  };
}

export function binding(event: EventRecord, names: HistoryNamesRecord): LineFields {
  return {
    group: groupName(event, names),
    route: nameAt(names.routes, event.ref),
    stage: nameIn(BindingCode, event.detail),
  };
}
