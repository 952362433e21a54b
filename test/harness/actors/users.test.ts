import { describe, expect, it } from 'vitest';
import { Users, usersOn } from '../../../harness/actors/draws/users.ts';
import { partitionOfKey } from '../../../harness/core/murmur2.ts';
import { chiSquareOf } from '../../../harness/run/exercise.ts';

const spec = usersOn({ users: 20_000, lanes: 64, scopes: 16, seed: 7 });
const users = new Users(spec);

describe('users of a stream', () => {
  it('have names that choose the partition of their lane, as a Kafka client does', () => {
    for (let lane = 0; lane < 64; lane += 1) {
      for (const seq of [0, 1, 99]) {
        expect(partitionOfKey(users.keyOf(lane, seq), 16)).toBe(lane % 16);
      }
    }
  });

  it('have one lane each, so that the order of lanes is the order of users', () => {
    const laneOf = new Map<number, number>();
    for (let lane = 0; lane < 64; lane += 1) {
      for (let seq = 0; seq < 500; seq += 1) {
        const user = users.userOf(lane, seq);
        expect(laneOf.get(user) ?? lane).toBe(lane);
        laneOf.set(user, lane);
      }
    }
  });

  it('are the same for whoever reads a message as for whoever wrote it, in any producer’s lanes', () => {
    const reader = new Users(structuredClone(spec));
    expect(reader.keyOf(64 + 5, 3)).toEqual(users.keyOf(5, 3));
  });

  it('are drawn alike: lanes are dense, most users of few messages differ, and partitions are even', () => {
    const lanes = users.laneNumbers();
    const next = new Map<number, number>();
    const perPartition = Array.from({ length: 16 }, () => 0);
    const seen = new Set<number>();
    for (let n = 0; n < 4_000; n += 1) {
      const lane = lanes.next(n);
      expect(lanes.seq).toBe(next.get(lane) ?? 0);
      next.set(lane, lanes.seq + 1);
      perPartition[lane % 16] = (perPartition[lane % 16] ?? 0) + 1;
      seen.add(users.userOf(lane, lanes.seq));
    }
    // 20,000 × (1 − e^−0.2) is 3,625.
    expect(seen.size).toBeGreaterThan(3_500);
    // 15 degrees of freedom: one in a thousand is above 37.7, and names are not dealt out quite evenly.
    expect(chiSquareOf(perPartition)).toBeLessThan(50);
  });
});

describe('chi-square against equal shares', () => {
  it('is 0 for equal counts, and tells one that has all', () => {
    expect(chiSquareOf([5, 5, 5, 5])).toBe(0);
    expect(chiSquareOf([20, 0, 0, 0])).toBe(60);
  });
});
