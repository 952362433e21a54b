import { DeadLetterCause, EventKind } from '../../core/events.ts';
import type { CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';

/** Q4, a dead letter without its reason. Whether what it carries is true is Q3’s. */
export const noReason: CheckModule = {
  id: 'Q4',
  definition: 'A message was dead-lettered and nothing says why.',
  source: 'RabbitMQ dead letter exchanges, x-death and x-first-death-reason; KIP-298 error headers',
  memory: 'nothing a message',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription","deadLetter":"dlq"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":3,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":0,"how":"reject"}',
    '{"timeMs":4,"kind":"dead-letter","group":"g","lane":"a","seq":0,"cause":"missing"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
    '{"timeMs":91,"kind":"drain.complete","group":"dlq"}',
  ],
  scope: 'lane',
  applies: ({ groups }) =>
    groups.some(({ role }) => role === 'dead-letter') ? undefined : 'nobody reads dead letters',
  create: (state, seed) => {
    const findings = new Findings('Q4', state.lanes, seed);
    let moved = 0;
    return {
      listensTo: [EventKind.deadLettered],
      fold: ({ detail, lane, seq, group }) => {
        moved += 1;
        if (detail !== DeadLetterCause.missing) return;
        findings.addForeign('no reason', lane, seq, group, 'dead-lettered, and nothing says why');
      },
      finish: () => findings.result(moved),
    };
  },
};
