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

  it('kills the leader five times of each that claims to survive it', () => {
    const crash = clusters.scenarios.find(({ id }) => id === 'leader-crash');
    expect(crash).toMatchObject({ rounds: 5 });
    expect(crash?.engines).toEqual(expect.arrayContaining(['kafka@acks-all', 'rabbitmq@quorum']));
  });
});
