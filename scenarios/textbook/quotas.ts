import { kept, type Sentence } from './sentence.ts';

const refused = (bound: { readonly least: number } | { readonly most: number }) =>
  ({
    is: 'figure',
    figure: { of: 'limit', name: 'throttled', unit: 'sends that a limit refused' },
    bound,
  }) as const;

export const quotas: readonly Sentence[] = [
  {
    id: '19e',
    text: 'Limits throttle: what a shard, or a queue with a quota of calls, is sent beyond it is refused.',
    requires: ['kinesis'],
    trials: [
      {
        says: 'of 4,500 messages a second a queue that takes 300 calls of ten refuses some, and so does a shard; what they took is kept, and without the limit none is refused',
        treatment: { scenario: 'over-call-quota', shows: [refused({ least: 1 }), kept('D1')] },
        control: { scenario: 'over-call-quota', shows: [refused({ most: 0 }), kept('D1')] },
        systems: {
          queue: { treatment: 'fifo-quota', control: 'fifo' },
          kinesis: { treatment: 'shard-quota', control: 'shards' },
        },
      },
      {
        says: 'at 1,500 a second to a shard that takes 1,000 records are refused, sent again and stored in the end, at the pace of the limit; without the limit none is refused',
        treatment: {
          scenario: 'over-quota',
          shows: [
            refused({ least: 1 }),
            {
              is: 'figure',
              figure: { of: 'limit', name: 'taken', unit: 'messages acknowledged a second' },
              // The quota, and as much as seconds that end in the middle of calls may blur it.
              bound: { most: 1_150 },
            },
            kept('D1', 'D4'),
          ],
        },
        control: { scenario: 'over-quota', shows: [refused({ most: 0 }), kept('D1')] },
        systems: { kinesis: { treatment: 'shard-quota', control: 'shards' } },
      },
    ],
    untried: [
      'a target that has the limit by itself: no emulator does, and a proxy before it has what the document says',
      'the limit in bytes, and that of reads',
    ],
  },
];
