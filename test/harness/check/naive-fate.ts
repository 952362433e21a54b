import { EventKind, Flag, OutcomeCode } from '../../../harness/core/events.ts';
import { has, type NaiveHistory } from './naive-history.ts';

/** Whether the sessions are shown alive after `index` before one of them is shown ended. */
export function fateOf(
  history: NaiveHistory,
  sessions: readonly number[],
  index: number,
): 'alive' | 'dead' | 'unknown' {
  const since = history.at(index).timeNs;
  const waiting = new Set(sessions);
  for (let at = index + 1; at < history.events.length; at += 1) {
    if (waiting.size === 0) break;
    const event = history.at(at);
    const isOneOf = [...waiting].some((session) => actorOf(history, session) === event.actor);
    if (event.kind === EventKind.sessionClosed && waiting.has(event.session)) return 'unknown';
    if (event.kind === EventKind.revoked && isOneOf) return 'unknown';
    if (event.kind === EventKind.lost && isOneOf) return 'dead';
    if (event.kind === EventKind.crashed && isOneOf) return 'dead';
    if (waiting.has(event.session) && showsLife(history, at, index, since)) {
      waiting.delete(event.session);
    }
  }
  return waiting.size === 0 ? 'alive' : 'unknown';
}

function actorOf(history: NaiveHistory, session: number): number | undefined {
  return history.events.find(
    (event) =>
      event.session === session &&
      (event.kind === EventKind.deliver || event.kind === EventKind.sessionOpened),
  )?.actor;
}

function showsLife(history: NaiveHistory, at: number, after: number, sinceNs: number): boolean {
  const event = history.at(at);
  if (history.facts.consumption === 'automatic') {
    const isPull = event.kind === EventKind.deliver && has(event, Flag.pulled);
    if (isPull && event.auxNs >= sinceNs) return true;
  }
  if (event.kind !== EventKind.settleSettled || event.outcome !== OutcomeCode.ok) return false;
  return history.events.some(
    (begun, index) =>
      index > after &&
      index < at &&
      begun.kind === EventKind.settleInvoke &&
      begun.session === event.session &&
      begun.ticket === event.ticket,
  );
}
