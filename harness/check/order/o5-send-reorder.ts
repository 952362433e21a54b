import type { CheckModule } from '../check.ts';
import { storedInOrder } from './stored-in-order.ts';
import { pairKey } from '../state/pair-key.ts';

export const sendReorder: CheckModule = {
  id: 'O5',
  definition:
    'A producer’s send of a lane was acknowledged before it invoked another of that lane, and the later one was stored at a lower position of the same scope.',
  source: 'KIP-98 (sequence numbers of a producer); Redpanda chaos tests, max_offset check',
  memory: '16 bytes for each open send, and at most 4,096 maxima of each lane and scope',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"s","position":5}',
    '{"timeMs":3,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":4,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok","scope":"s","position":4}',
    '{"timeMs":5,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":1}',
    '{"timeMs":6,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"redelivered":true}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ placed }) => (placed ? undefined : 'no places are recorded'),
  create: (state, seed) =>
    storedInOrder(state, seed, {
      id: 'O5',
      trackOf: (lane, scope) => (state.lanes.isOrdered(lane) ? pairKey(lane, scope) : -1),
      kind: 'below its lane',
      below: 'what its lane had stored before it was sent',
    }),
};
