import { CorruptionCode, EventKind, noLane } from '../../core/events.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import type { StreamingCheck } from '../streaming-check.ts';

const kindOf: Readonly<Record<number, string>> = {
  [CorruptionCode.header]: 'header',
  [CorruptionCode.checksum]: 'checksum',
  [CorruptionCode.length]: 'length',
  [CorruptionCode.body]: 'body',
  [CorruptionCode.key]: 'key',
};

/**
 * D9, corrupted: a delivered copy does not match what its sender wrote. A damaged copy whose header can be
 * believed stands in the history as delivered, too, so that it is not lost besides.
 */
export function corruptedCheck(state: MessageState, seed: number): StreamingCheck {
  const findings = new Findings('D9', state.lanes, seed);
  let delivered = 0;
  return {
    id: 'D9',
    listensTo: [EventKind.deliver, EventKind.corrupted],
    fold: (event) => {
      if (event.kind === EventKind.deliver || event.lane === noLane) delivered += 1;
      if (event.kind !== EventKind.corrupted || event.detail === CorruptionCode.foreignRun) return;
      const kind = kindOf[event.detail] ?? 'header';
      const note = `the ${kind} of the delivered copy does not match`;
      findings.addForeign(kind, event.lane, event.seq, event.group, note);
    },
    finish: () => findings.result(Math.max(delivered, findings.count)),
  };
}
