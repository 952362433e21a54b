import { describe, expect, test } from 'vitest';
import type { PlannedProfile } from '../../../harness/plan/cell.ts';
import { editionOf } from '../../../harness/plan/edition.ts';

const profile: PlannedProfile = {
  name: 'some',
  level: 'at-least-once',
  promises: ['dead-letter'],
  waived: [],
  consumption: 'settle-after-processing',
  transform: 'without-transactions',
  outsideEffects: 'each-time',
  undecodable: 'set-aside',
  collected: 'written-before-committed',
  spread: 'by-key',
  replies: 'by-correlation-id',
  source: 'the manual (Broker 4.0)',
  editions: [
    { from: '4.3', promises: [], source: 'the manual (Broker 4.3)' },
    { from: '5.0', promises: ['dead-letter', 'routing'], source: 'the manual (Broker 5.0)' },
  ],
  options: {},
};

describe('what a profile promises', () => {
  test.each([
    ['4.0.5', ['dead-letter'], 'the manual (Broker 4.0)'],
    ['4.3.0', [], 'the manual (Broker 4.3)'],
    ['4.11', [], 'the manual (Broker 4.3)'],
    ['5.1', ['dead-letter', 'routing'], 'the manual (Broker 5.0)'],
  ])('of version %s is what its edition says, with its document', (version, promises, source) => {
    expect(editionOf(profile, version)).toMatchObject({ promises, source, level: 'at-least-once' });
  });

  test.each([undefined, '', 'a fork', 'v4.3.1', 'RabbitMQ 4.3.0', '4..3', '0.0.0'])(
    'of a system whose version is %j is what no edition takes back',
    (version) => {
      expect(editionOf(profile, version)).toEqual({ ...profile, promises: [] });
      const [, last] = profile.editions;
      const lasting = { ...profile, editions: last === undefined ? [] : [last] };
      expect(editionOf(lasting, version)).toEqual(lasting);
      const without = { ...profile, editions: [] };
      expect(editionOf(without, version)).toEqual(without);
    },
  );
});
