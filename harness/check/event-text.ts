import {
  BindingCode,
  CorruptionCode,
  DeadLetterCause,
  EventKind,
  type EventRecord,
  Flag,
  noGroup,
  OutcomeCode,
  PhaseCode,
  SettlementCode,
  ToleranceCode,
  TransactionEndCode,
} from '../core/events.ts';
import { plural } from '../core/plural.ts';
import { type EventNames, nameOf } from './event-names.ts';

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
  [CorruptionCode.attributes]: 'its attributes are not what was sent',
  [CorruptionCode.foreignRun]: 'its header belongs to another run',
};

const deadLetterText: Readonly<Record<number, string>> = {
  [DeadLetterCause.missing]: 'without a reason',
  [DeadLetterCause.attempts]: 'after too many deliveries',
  [DeadLetterCause.expired]: 'because it expired',
  [DeadLetterCause.rejected]: 'because it was rejected',
  [DeadLetterCause.overflow]: 'because its queue was full',
};

/** One event as a sentence for a reader who does not know the record's fields. */
export function eventText(event: EventRecord, names: EventNames): string {
  return describers[event.kind](event, names);
}

type Describe = (event: EventRecord, names: EventNames) => string;

const describers: Readonly<Record<EventKind, Describe>> = {
  [EventKind.sendInvoke]: sendText,
  [EventKind.sendTimed]: timedText,
  [EventKind.sendSettled]: (event, names) =>
    `send ${outcomeText(event, names)}${placeText(event, names)}`,
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
  [EventKind.transactionInit]: (event, names) =>
    `${names.actorName(event.actor)} takes over transactional id ${nameOf(names, 'transactional id', event.scope)} with epoch ${event.seq}: ${outcomeText(event, names)}`,
  [EventKind.transactionBegin]: (event, names) => `${transactionText(event, names)} begins`,
  [EventKind.transactionRead]: (event, names) => `${transactionText(event, names)} consumes it`,
  [EventKind.transactionEndInvoke]: (event, names) =>
    `${transactionText(event, names)}: ${endText(event)} is requested`,
  [EventKind.transactionEndSettled]: (event, names) =>
    `${transactionText(event, names)}: ${endText(event)} ${outcomeText(event, names)}`,
  [EventKind.assigned]: (event, names) =>
    `${names.actorName(event.actor)} is assigned scope ${nameOf(names, 'scope', event.scope)} (generation ${event.ref})`,
  [EventKind.revoked]: (event, names) =>
    `${names.actorName(event.actor)} gives scope ${nameOf(names, 'scope', event.scope)} up`,
  [EventKind.lost]: (event, names) =>
    `${names.actorName(event.actor)} lost scope ${nameOf(names, 'scope', event.scope)}`,
  [EventKind.offsetCommitInvoke]: (event, names) =>
    `${names.actorName(event.actor)} commits the offset${positionText(event, names)}`,
  [EventKind.offsetCommitSettled]: (event, names) =>
    `commit of the offset${positionText(event, names)} ${outcomeText(event, names)}`,
  [EventKind.read]: (event, names) =>
    `${names.actorName(event.actor)} reads up to${positionText(event, names)}, requested at ${secondsText(event.auxNs)}`,
  [EventKind.effectApplied]: (event, names) => {
    const sink = nameOf(names, 'sink', event.scope);
    return event.outcome === OutcomeCode.fail
      ? `effect recognised in ${sink} as a repetition and not applied`
      : `effect in ${sink} ${outcomeText(event, names)}`;
  },
  [EventKind.sinkRead]: (event, names) =>
    `${nameOf(names, 'sink', event.scope)} holds its effect ${plural(event.ref, 'time')} when read back`,
  [EventKind.sinkComplete]: (event, names) =>
    `${nameOf(names, 'sink', event.scope)} has been read back to its end`,
  [EventKind.deadLettered]: (event) => {
    const after =
      event.attempt > 0 ? `, after ${plural(event.attempt, 'delivery', 'deliveries')}` : '';
    return `moved to the dead-letter queue ${deadLetterText[event.detail] ?? ''}${after}`;
  },
  [EventKind.expired]: () => 'expired',
  [EventKind.redriven]: () => 'moved back from the dead-letter queue',
  [EventKind.sessionOpened]: (event, names) =>
    `${names.actorName(event.actor)} opens session ${event.session}`,
  [EventKind.sessionClosed]: (event, names) =>
    `session ${event.session} of ${names.actorName(event.actor)} ends`,
  [EventKind.crashed]: (event, names) => `${names.actorName(event.actor)} is made to crash`,
  [EventKind.seeked]: (event, names) => {
    const placed = (event.flags & Flag.placed) !== 0;
    return `${names.actorName(event.actor)} seeks${placed ? positionText(event, names) : ''}`;
  },
  [EventKind.purged]: (event, names) => `${groupText(event, names)} is purged`,
  [EventKind.bound]: (event, names) => bindingText(event, names, 'bound to'),
  [EventKind.unbound]: (event, names) => bindingText(event, names, 'unbound from'),
  [EventKind.scopeSplit]: (event, names) =>
    `scope ${nameOf(names, 'scope', event.scope)} is split at ${numbersText(event)}: ${nameOf(names, 'scope', event.ref)} follows`,
  [EventKind.faultStarted]: (event, names) => {
    const tolerated = { [ToleranceCode.tolerated]: ', to be tolerated' }[event.detail] ?? '';
    return `fault ${nameOf(names, 'fault', event.ref)} begins${tolerated}`;
  },
  [EventKind.faultStopped]: (event, names) => {
    const missing = event.outcome === OutcomeCode.fail ? ', its evidence is missing' : '';
    return `fault ${nameOf(names, 'fault', event.ref)} is over${missing}`;
  },
  [EventKind.phase]: (event) => {
    const [name] = Object.entries(PhaseCode).find(([, code]) => code === event.detail) ?? ['?'];
    return `phase ${name} begins`;
  },
  [EventKind.drainComplete]: (event, names) => `${groupText(event, names)} is drained`,
  [EventKind.clockSample]: (event) => `a second clock shows ${secondsText(event.auxNs)}`,
};

function sendText(event: EventRecord, names: EventNames): string {
  const attempt = event.attempt > 1 ? `, attempt ${event.attempt}` : '';
  const within = event.ref > 0 ? ` in ${transactionText(event, names)}` : '';
  const input = `${nameOf(names, 'lane', event.positionMajor)}:${event.positionMinor}`;
  const made = (event.flags & Flag.derived) !== 0 ? `, made from ${input}` : '';
  return `sent by ${names.actorName(event.actor)}${within}${attempt}${made}`;
}

function timedText(event: EventRecord): string {
  const parts = [];
  if (event.auxNs >= 0) parts.push(`not to be seen before ${secondsText(event.auxNs)}`);
  if (event.positionMajor >= 0) parts.push(`expires at ${secondsText(event.positionMajor)}`);
  return parts.join(', ');
}

function deliveryText(event: EventRecord, names: EventNames): string {
  const parts = [`delivered to ${holderText(event, names)}${placeText(event, names)}`];
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

function placeText(event: EventRecord, names: EventNames): string {
  return (event.flags & Flag.placed) === 0 ? '' : ` at${positionText(event, names)}`;
}

function positionText(event: EventRecord, names: EventNames): string {
  return ` scope ${nameOf(names, 'scope', event.scope)}, position ${numbersText(event)}`;
}

function numbersText({ positionMajor, positionMinor }: EventRecord): string {
  return positionMinor === 0 ? `${positionMajor}` : `${positionMajor}.${positionMinor}`;
}

function transactionText(event: EventRecord, names: EventNames): string {
  return `transaction ${nameOf(names, 'transaction', event.ref)}`;
}

function groupText(event: EventRecord, names: EventNames): string {
  return event.group === noGroup
    ? 'everything'
    : `subscription ${nameOf(names, 'group', event.group)}`;
}

function bindingText(event: EventRecord, names: EventNames, how: string): string {
  const what = `${groupText(event, names)} is ${how} route ${nameOf(names, 'route', event.ref)}`;
  return event.detail === BindingCode.invoke ? `${what}: requested` : `${what}: done`;
}

function endText(event: EventRecord): string {
  return event.detail === TransactionEndCode.abort ? 'abort' : 'commit';
}

function secondsText(timeNs: number): string {
  return `${(timeNs / 1e9).toFixed(6)} s`;
}
