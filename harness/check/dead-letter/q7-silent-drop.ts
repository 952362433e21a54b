import type { CheckModule } from '../check.ts';
import { attemptsOf } from './attempts.ts';
import { findDropped } from './dropped.ts';

/** Q7, dropped at the delivery limit: Q1 where there are no dead letters, so that nobody ever learns of it. */
export const silentDrop: CheckModule = {
  id: 'Q7',
  definition:
    'A group without dead letters was drained, and a message that had been delivered as often as the limit allows and not acknowledged was gone.',
  source:
    'RabbitMQ quorum queues, default delivery limit 20 since 4.0; KIP-932 share groups, delivery count limit',
  memory: '3 bits a message and group, and 48 bytes a message that came more than once',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription","attempts":1}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":3,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":0,"how":"requeue"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: ({ groups }) =>
    groups.some((of) => of.role === 'subscription' && of.attempts > 0 && of.deadLetter < 0)
      ? undefined
      : 'no group has a delivery limit without dead letters',
  create: (state, seed) => {
    const attempts = attemptsOf(state);
    const note = 'delivered as often as the limit allows, then dropped';
    const isAbout = ({ reader }: { readonly reader: number }): boolean => reader < 0;
    return {
      listensTo: [],
      fold: () => undefined,
      finish: () => findDropped(state, attempts, { check: 'Q7', seed, isAbout, note }),
    };
  },
};
