import { CorruptionCode, EventKind } from '../../core/events.ts';
import type { CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';

/** R7, attributes changed on the way. Counts copies; the body and the key are D9’s. */
export const changedAttributes: CheckModule = {
  id: 'R7',
  definition: 'Attributes of a delivered copy (headers, properties) are not those that were sent.',
  source: 'AMQP 0-9-1 section 4.2.6.2 (properties pass unchanged); KIP-82 (record headers)',
  memory: 'nothing a message',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"corrupt","actor":"c","group":"g","lane":"a","seq":0,"part":"attributes"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  // Not by lane: a finding without its delivery is a chance only where the whole has fewer deliveries.
  scope: 'cell',
  applies: ({ attributes }) => (attributes ? undefined : 'attributes are not compared'),
  create: (state, seed) => {
    const findings = new Findings('R7', state.lanes, seed);
    let delivered = 0;
    return {
      listensTo: [EventKind.deliver, EventKind.corrupted],
      fold: (event) => {
        if (event.kind === EventKind.deliver) delivered += 1;
        else if (event.detail === CorruptionCode.attributes) {
          const note = 'its attributes are not what was sent';
          findings.addForeign('attributes', event.lane, event.seq, event.group, note);
        }
      },
      finish: () => findings.result(Math.max(delivered, findings.count)),
    };
  },
};
