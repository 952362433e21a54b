import { EventKind } from './events.ts';

const messageKinds: ReadonlySet<number> = new Set([
  EventKind.sendInvoke,
  EventKind.sendTimed,
  EventKind.sendSettled,
  EventKind.sendReturned,
  EventKind.deliver,
  EventKind.corrupted,
  EventKind.settleInvoke,
  EventKind.settleSettled,
  EventKind.processStart,
  EventKind.processDone,
  EventKind.transactionRead,
  EventKind.effectApplied,
  EventKind.sinkRead,
  EventKind.deadLettered,
  EventKind.expired,
  EventKind.redriven,
]);

/** Whether events of the kind are about one message, which their lane and seq name. */
export function isAboutMessage(kind: EventKind): boolean {
  return messageKinds.has(kind);
}
