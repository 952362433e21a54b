import type { CheckModule } from '../check.ts';
import { storedInOrder } from './stored-in-order.ts';

export const realtimeOrder: CheckModule = {
  id: 'O6',
  definition:
    'Of two sends to one scope, by whatever producers, one was acknowledged before the other was invoked, and the later one was stored at a lower position.',
  source:
    'Herlihy and Wing, Linearizability (TOPLAS 1990), real-time order; Redpanda chaos tests, max_offset check',
  memory: '16 bytes for each open send, and at most 4,096 maxima of each scope',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"s","position":5}',
    '{"timeMs":3,"kind":"send.invoke","actor":"q","lane":"b","seq":0}',
    '{"timeMs":4,"kind":"send.settled","actor":"q","lane":"b","seq":0,"outcome":"ok","scope":"s","position":4}',
    '{"timeMs":5,"kind":"deliver","actor":"c","group":"g","lane":"b","seq":0}',
    '{"timeMs":6,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ placed }) => (placed ? undefined : 'no places are recorded'),
  /** What O5 finds within a lane is against real time, too. */
  create: (state, seed) =>
    storedInOrder(state, seed, {
      id: 'O6',
      trackOf: (_lane, scope) => scope,
      kind: 'below its scope',
      below: 'what had been acknowledged before it was sent',
    }),
};
