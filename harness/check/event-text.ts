import {
  CorruptionCode,
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
  TransactionEndCode,
} from '../core/events.ts';

/** Names that only the run knows. What they return is untrusted text. */
export interface EventNames {
  actorName(actor: number): string;
  outcomeName(code: number): string;
}

const settlementText: Readonly<Record<number, string>> = {
  [SettlementCode.acknowledge]: 'acknowledgement',
  [SettlementCode.requeue]: 'requeue',
  [SettlementCode.reject]: 'rejection',
  [SettlementCode.extend]: 'extension of the lease',
};

const corruptionText: Readonly<Record<number, string>> = {
  [CorruptionCode.header]: 'its header is no header of ours',
  [CorruptionCode.checksum]: 'its header fails its checksum',
  [CorruptionCode.length]: 'its length is not what was sent',
  [CorruptionCode.body]: 'its body is not what was sent',
  [CorruptionCode.key]: 'its key is not what was sent',
  [CorruptionCode.foreignRun]: 'its header belongs to another run',
};

/** One event as a sentence for a reader who does not know the record's fields. */
export function eventText(event: EventRecord, names: EventNames): string {
  return describers[event.kind]?.(event, names) ?? `${names.actorName(event.actor)}: event`;
}

type Describe = (event: EventRecord, names: EventNames) => string;

const describers: Partial<Readonly<Record<EventKind, Describe>>> = {
  [EventKind.sendInvoke]: (event, names) => {
    const attempt = event.attempt > 1 ? `, attempt ${event.attempt}` : '';
    return `sent by ${names.actorName(event.actor)}${attempt}`;
  },
  [EventKind.sendSettled]: (event, names) => `send ${outcomeText(event, names)}${placeText(event)}`,
  [EventKind.sendReturned]: () => 'returned to its sender as unroutable',
  [EventKind.deliver]: deliveryText,
  [EventKind.corrupted]: (event, names) =>
    `damaged copy at ${holderText(event, names)}: ${corruptionText[event.detail] ?? 'it does not match'}`,
  [EventKind.settleInvoke]: (event, names) =>
    `${names.actorName(event.actor)} sends its ${settlementText[event.detail] ?? 'settlement'}`,
  [EventKind.settleSettled]: (event, names) => {
    const by = (event.flags & Flag.fenced) !== 0 ? ', proved by a fence' : '';
    const what = settlementText[event.detail] ?? 'settlement';
    return `${what} by ${names.actorName(event.actor)} ${outcomeText(event, names)}${by}`;
  },
  [EventKind.processStart]: (event, names) =>
    `${names.actorName(event.actor)} starts processing it`,
  [EventKind.processDone]: (event, names) => `${names.actorName(event.actor)} has processed it`,
  [EventKind.transactionBegin]: (event) => `transaction ${event.ref} begins`,
  [EventKind.transactionEndInvoke]: (event) =>
    `transaction ${event.ref}: ${endText(event)} is requested`,
  [EventKind.transactionEndSettled]: (event, names) =>
    `transaction ${event.ref}: ${endText(event)} ${outcomeText(event, names)}`,
  [EventKind.assigned]: (event, names) =>
    `${names.actorName(event.actor)} is assigned its share (generation ${event.ref})`,
  [EventKind.revoked]: (event, names) => `${names.actorName(event.actor)} gives its share up`,
  [EventKind.lost]: (event, names) => `${names.actorName(event.actor)} lost its share`,
  [EventKind.deadLettered]: () => 'moved to the dead-letter queue',
  [EventKind.expired]: () => 'expired',
  [EventKind.redriven]: () => 'moved back from the dead-letter queue',
  [EventKind.sessionOpened]: (event, names) =>
    `${names.actorName(event.actor)} opens session ${event.session}`,
  [EventKind.sessionClosed]: (event, names) =>
    `session ${event.session} of ${names.actorName(event.actor)} ends`,
  [EventKind.crashed]: (event, names) => `${names.actorName(event.actor)} is made to crash`,
  [EventKind.seeked]: (event, names) => `${names.actorName(event.actor)} seeks`,
  [EventKind.faultStarted]: (event) => `fault ${event.ref + 1} begins`,
  [EventKind.faultStopped]: (event) => `fault ${event.ref + 1} is over`,
  [EventKind.drainComplete]: (event) => `subscription ${event.group} is drained`,
};

function deliveryText(event: EventRecord, names: EventNames): string {
  const parts = [`delivered to ${holderText(event, names)}${placeText(event)}`];
  if (event.attempt > 0) parts.push(`attempt ${event.attempt}`);
  if ((event.flags & Flag.redelivered) !== 0) parts.push('flagged as redelivered');
  else if ((event.flags & Flag.flagKnown) !== 0) parts.push('not flagged as redelivered');
  if ((event.flags & Flag.pulled) !== 0) parts.push(`requested at ${secondsText(event.auxNs)}`);
  if (event.ref > 0) parts.push(`leased for ${event.ref} ms`);
  return parts.join(', ');
}

function holderText(event: EventRecord, names: EventNames): string {
  return `${names.actorName(event.actor)} (session ${event.session})`;
}

function outcomeText(event: EventRecord, names: EventNames): string {
  const code = event.code === 0 ? '' : ` (${names.outcomeName(event.code)})`;
  return `${outcomeWords[event.outcome]}${code}`;
}

const outcomeWords: Readonly<Record<OutcomeCode, string>> = {
  [OutcomeCode.none]: 'ended',
  [OutcomeCode.ok]: 'answered ok',
  [OutcomeCode.fail]: 'refused',
  [OutcomeCode.unknown]: 'ended with an unknown outcome',
};

function placeText(event: EventRecord): string {
  if ((event.flags & Flag.placed) === 0) return '';
  const minor = event.positionMinor === 0 ? '' : `.${event.positionMinor}`;
  return ` at scope ${event.scope}, position ${event.positionMajor}${minor}`;
}

function endText(event: EventRecord): string {
  return event.detail === TransactionEndCode.abort ? 'abort' : 'commit';
}

function secondsText(timeNs: number): string {
  return `${(timeNs / 1e9).toFixed(6)} s`;
}
