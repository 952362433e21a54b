import { describe, expect, it } from 'vitest';
import { clusters } from '../../scenarios/clusters-suite.ts';

describe('the suite clusters', () => {
  it('is 40 cells, and asks every profile that it names at least once', () => {
    const sizes = clusters.scenarios.map(
      ({ engines, rounds }) => (engines ?? clusters.engines).length * (rounds ?? 1),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(40);
    const asked = new Set(clusters.scenarios.flatMap(({ engines }) => engines ?? []));
    expect([...asked].toSorted()).toEqual([...clusters.engines].toSorted());
  });

  it('kills the leader five times where every in-sync replica or a majority has what is acknowledged', () => {
    const crashes = clusters.scenarios.filter(({ id }) => id === 'leader-crash');
    expect(crashes.find(({ rounds }) => rounds === 5)?.engines).toEqual([
      'kafka@acks-all',
      'rabbitmq@quorum',
    ]);
    expect(crashes.flatMap(({ engines }) => engines)).toEqual(
      expect.arrayContaining(['kafka@acks-1', 'nats@jetstream']),
    );
  });
});
