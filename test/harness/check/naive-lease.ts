import {
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
} from '../../../harness/core/events.ts';
import { has, idOf, type NaiveHistory } from './naive-history.ts';

interface Extension {
  readonly began: number;
  /** Index of its answer, infinite while nobody knows what became of it. */
  readonly ended: number;
}

/** The lease of one hold, extension by extension. */
export function naiveLease(
  history: NaiveHistory,
  held: number,
  index: number,
): { mayEndNs: number; endsNs: number } {
  const hold = history.at(held);
  const leaseNs = hold.ref === 0 ? Infinity : hold.ref * 1e6;
  const earliestNs = has(hold, Flag.pulled) ? hold.auxNs : history.sessionNotBefore(hold);
  const extensions = extensionsOf(history, held, index);
  let mayEndNs = earliestNs + leaseNs;
  let endsNs = hold.timeNs + leaseNs;
  for (let at = held + 1; at < index; at += 1) {
    const event = history.at(at);
    const newNs = event.ref * 1e6;
    if (extensions.some(({ began }) => began === at)) {
      mayEndNs = Math.min(mayEndNs, event.timeNs + newNs);
      endsNs += newNs;
    }
    const extension = extensions.find(({ ended }) => ended === at);
    if (extension === undefined || event.outcome !== OutcomeCode.ok) continue;
    const beganNs = history.at(extension.began).timeNs;
    const isDisturbed = extensions.some(
      (other) =>
        other !== extension && other.began < extension.ended && other.ended > extension.began,
    );
    if (event.session === hold.session && !isDisturbed) {
      mayEndNs = beganNs + newNs;
      endsNs = event.timeNs + newNs;
    } else endsNs = Math.max(endsNs, event.timeNs + newNs);
  }
  return { mayEndNs, endsNs };
}

function extensionsOf(history: NaiveHistory, held: number, index: number): Extension[] {
  const hold = history.at(held);
  const isOfHold = (event: EventRecord): boolean =>
    idOf(event) === idOf(hold) &&
    event.group === hold.group &&
    event.detail === SettlementCode.extend;
  const extensions: Extension[] = [];
  for (let began = held + 1; began < index; began += 1) {
    const event = history.at(began);
    if (event.kind !== EventKind.settleInvoke || !isOfHold(event)) continue;
    const ended = history.events.findIndex(
      (other, at) =>
        at > began &&
        at < index &&
        other.kind === EventKind.settleSettled &&
        other.outcome !== OutcomeCode.unknown &&
        isOfHold(other) &&
        other.session === event.session &&
        other.ticket === event.ticket,
    );
    extensions.push({ began, ended: ended < 0 ? Infinity : ended });
  }
  return extensions;
}
