import type { CheckModule } from '../check.ts';
import { attemptsOf } from './attempts.ts';
import { findDropped } from './dropped.ts';

/** Q1, lost instead of dead-lettered. What a consumer rejects before the limit is the broker’s to discard. */
export const lostInstead: CheckModule = {
  id: 'Q1',
  definition:
    'A message was delivered as often as its group’s limit allows and not acknowledged, and both the group and its dead letters were drained without it.',
  source:
    'SQS developer guide, dead-letter queues (maxReceiveCount); RabbitMQ quorum queues, at-least-once dead lettering',
  memory: '3 bits a message and group, and 48 bytes a message that came more than once',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription","attempts":2,"deadLetter":"dlq"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"attempt":1}',
    '{"timeMs":3,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":0,"how":"requeue"}',
    '{"timeMs":4,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"attempt":2}',
    '{"timeMs":5,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":0,"how":"requeue"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
    '{"timeMs":91,"kind":"drain.complete","group":"dlq"}',
  ],
  scope: 'lane',
  applies: ({ groups }) =>
    groups.some((of) => of.role === 'subscription' && of.attempts > 0 && of.deadLetter >= 0)
      ? undefined
      : 'no group has a delivery limit and a group of dead letters',
  create: (state, seed) => {
    const attempts = attemptsOf(state);
    const note =
      'delivered as often as the limit allows, then neither redelivered nor dead-lettered';
    const isAbout = ({ reader }: { readonly reader: number }): boolean => reader >= 0;
    return {
      listensTo: [],
      fold: () => undefined,
      finish: () => findDropped(state, attempts, { check: 'Q1', seed, isAbout, note }),
    };
  },
};
