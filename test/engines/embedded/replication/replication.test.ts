import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../../engines/embedded/rules.ts';
import { randomFrom } from '../../../../harness/core/random.ts';
import type { ClusterOptions } from './cluster.ts';
import { heal, play } from './schedule.ts';

const never = { kind: 'never' } as const;
const everyBatch = { kind: 'every-batch' } as const;
const three: ClusterOptions = { nodes: 3, minInSync: 2, fsync: never };

const schedules = fc.array(fc.nat(2 ** 31), { minLength: 200, maxLength: 1_500, size: 'max' });

function scheduleOf(seed: number): readonly number[] {
  const random = randomFrom(seed);
  return Array.from({ length: 2_000 }, () => random.uint32());
}

describe.each([
  ['whose disks are never synced, one power loss at a time', three],
  ['that sync every batch, any power loss', { ...three, fsync: everyBatch }],
  ['of five', { ...three, nodes: 5, minInSync: 3 }],
  ['that need one alone', { ...three, minInSync: 1, fsync: everyBatch }],
])('replicas %s', (_, options) => {
  it('keep what is committed, agree, and have one leader of an epoch, whatever the schedule', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const { broken, cluster, invariants } = play(options, schedule);
        expect(broken).toBeUndefined();
        heal(cluster);
        expect(invariants.broken() ?? invariants.parted()).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  it('are all the same and take entries again when everything is well again', () => {
    for (let seed = 1; seed <= 15; seed += 1) {
      const { cluster } = play(options, scheduleOf(seed));
      heal(cluster);
      const leader = cluster.leaderAt(cluster.controller.state.leader?.node ?? -1);
      let isCommitted = false;
      const { index } = leader?.append([Buffer.from('last')], 'committed') ?? { index: -1 };
      leader?.when(index, 'committed', () => (isCommitted = true));
      cluster.settle(100);
      expect(isCommitted).toBe(true);
      expect(cluster.controller.state.inSync).toHaveLength(options.nodes);
      const ends = cluster.nodes.map(({ life }) => life?.log.end);
      expect(new Set(ends)).toEqual(new Set([index + 1]));
    }
  });
});

/** What breaks in the first of a thousand schedules in which anything does. */
function firstBroken(options: ClusterOptions): string | undefined {
  for (let seed = 1; seed <= 1_000; seed += 1) {
    const { broken } = play(options, scheduleOf(seed));
    if (broken !== undefined) return broken;
  }
  return undefined;
}

describe('the schedules', () => {
  it('bring about what they are made for', () => {
    const seen = { committed: 0, truncations: 0, zombies: 0, elections: 0 };
    for (let seed = 1; seed <= 40; seed += 1) {
      const { cluster, invariants, zombies } = play(three, scheduleOf(seed));
      seen.committed += invariants.committed.length;
      seen.truncations += cluster.truncations.length;
      seen.zombies += zombies;
      seen.elections += cluster.controller.state.epoch - 1;
    }
    expect(seen.committed).toBeGreaterThan(400);
    expect(seen.truncations).toBeGreaterThan(10);
    expect(seen.zombies).toBeGreaterThan(10);
    expect(seen.elections).toBeGreaterThan(40);
  });

  it.each<[Rule]>([['fence-old-epochs'], ['truncate-diverged'], ['elect-in-sync']])(
    'find a cluster that breaks %s',
    (broken) => {
      expect(firstBroken({ ...three, broken })).toBeDefined();
    },
  );

  it('find what an unclean election costs', () => {
    expect(firstBroken({ ...three, uncleanElection: true })).toMatch('is not at node');
  });
});
