import type { Bound, Expectation, Figure, Sentence } from './sentence.ts';

const found = (name: string, unit: string): Figure => ({
  of: 'fault',
  kind: 'read-again',
  name,
  unit,
});

const replaced = (bound: Bound): Expectation => ({
  is: 'figure',
  figure: found(
    'messages that a newer one had replaced',
    'messages of 6,336 that a newer one had replaced and that were still there',
  ),
  bound,
});

const noneMissing: Expectation = {
  is: 'figure',
  figure: found('keys without their newest message', 'keys of 64 whose newest message was missing'),
  bound: { most: 0 },
};

const oldest: Expectation = {
  is: 'told',
  figure: found(
    'milliseconds since the oldest of these was sent',
    'milliseconds since the oldest of these was sent',
  ),
};

/** What a log keeps, and where. */
export const keeping: readonly Sentence[] = [
  {
    id: '19d',
    text: 'Compaction keeps the last value of each key, and removes those before it within its lag.',
    requires: ['kafka'],
    trials: [
      {
        says: 'whoever comes later finds the newest message of each key, and of those that it replaced no more than the newest segments have; where nothing is compacted all of them are there',
        treatment: {
          scenario: 'read-newest',
          shows: [replaced({ most: 3_000 }), noneMissing, oldest],
        },
        control: {
          scenario: 'read-newest',
          shows: [replaced({ least: 6_000 }), noneMissing, oldest],
        },
        systems: {
          log: { treatment: 'compacted', control: 'acks-all' },
          kafka: { treatment: 'compacted', control: 'acks-all' },
        },
      },
    ],
    untried: [
      'tombstones: a key whose last value says that it is gone',
      'a partition to which nothing more is written: its newest segment stays as it is',
    ],
  },
];
