import { CorruptionCode, EventKind, noLane } from '../../core/events.ts';
import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';

export const corrupted: CheckModule = {
  id: 'D9',
  definition:
    'A delivered copy does not match what its sender wrote: header, checksum, length, body or key.',
  source: 'KIP-32 record CRC; the payload header of this project carries its own CRC-32C',
  memory: 'nothing a message',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"corrupt","actor":"c","group":"g","lane":"a","seq":0,"part":"body"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: () => undefined,
  create: corruptedCheck,
};

const kindOf: Readonly<Record<number, string>> = {
  [CorruptionCode.header]: 'header',
  [CorruptionCode.checksum]: 'checksum',
  [CorruptionCode.length]: 'length',
  [CorruptionCode.body]: 'body',
  [CorruptionCode.key]: 'key',
};

/** A foreign run is a phantom (D7), changed attributes are R7. */
const elsewhere: ReadonlySet<number> = new Set([
  CorruptionCode.foreignRun,
  CorruptionCode.attributes,
]);

/**
 * D9, corrupted: a delivered copy does not match what its sender wrote. A damaged copy whose header can be
 * believed stands in the history as delivered, too, so that it is not lost besides.
 */
function corruptedCheck(state: MessageState, seed: number): Check {
  const findings = new Findings('D9', state.lanes, seed);
  let delivered = 0;
  return {
    listensTo: [EventKind.deliver, EventKind.corrupted],
    takesRuns: true,
    fold: (event, count = 1) => {
      if (event.kind === EventKind.deliver || event.lane === noLane) delivered += count;
      if (event.kind !== EventKind.corrupted || elsewhere.has(event.detail)) return;
      const kind = kindOf[event.detail] ?? 'header';
      const note = `the ${kind} of the delivered copy does not match`;
      findings.addForeign(kind, event.lane, event.seq, event.group, note);
    },
    finish: () => findings.result(Math.max(delivered, findings.count)),
  };
}
