import { describe, expect, it } from 'vitest';
import { JournalError } from '../../../../engines/embedded/journal/commit-log.ts';
import { Leader } from '../../../../engines/embedded/replication/leader.ts';
import type {
  ClusterState,
  Fetched,
  Member,
  ToController,
} from '../../../../engines/embedded/replication/messages.ts';
import { ReplicaLog } from '../../../../engines/embedded/replication/replica-log.ts';
import { keepsAll, type Rule } from '../../../../engines/embedded/rules.ts';
import { MemoryStorage } from '../memory-storage.ts';

const [a, b, c] = [0, 1, 2].map((node) => ({ node, incarnation: 1 })) as [Member, Member, Member];
const state: ClusterState = { version: 5, epoch: 2, leader: a, inSync: [a, b, c] };

/** The leader of epoch 2 over two entries of epoch 1. */
class Bench {
  readonly answers: Fetched[] = [];
  readonly proposals: ToController[] = [];
  readonly told: string[] = [];
  readonly log: ReplicaLog;
  readonly leader: Leader;
  #request = 0;

  constructor(options: { minInSync?: number; broken?: Rule } = {}) {
    this.log = new ReplicaLog(new MemoryStorage(), {
      fsync: { kind: 'never' },
      segmentBytes: 4096,
      salt: () => 1,
      onFailure: () => {},
      keeps: keepsAll,
    });
    for (const text of ['old', 'older']) this.log.append(1, [Buffer.from(text)], false);
    this.leader = new Leader(
      {
        log: this.log,
        self: a,
        minInSync: options.minInSync ?? 2,
        lagMs: 50,
        fetchWaitMs: 10,
        fetchBytes: 1_000,
        keeps: (rule) => rule !== options.broken,
        answer: (_, answer) => this.answers.push(answer),
        propose: (proposal) => this.proposals.push(proposal),
      },
      state,
      0,
    );
  }

  append(text: string): void {
    const { index } = this.leader.append([Buffer.from(text)], 'committed');
    this.leader.when(index, 'committed', () => this.told.push(`${text} is committed`));
    this.leader.when(index, 'leader', () => this.told.push(`${text} is stored`));
  }

  fetch(from: Member, position: number, nowMs: number, lastEpoch = position > 2 ? 2 : 1): void {
    this.#request += 1;
    const request = this.#request;
    this.leader.fetch({ kind: 'fetch', from, epoch: 2, request, position, lastEpoch }, nowMs);
  }
}

describe('a leader', () => {
  it('commits an entry when all that are in sync hold it', () => {
    const bench = new Bench();
    bench.append('x');
    expect(bench.told).toEqual(['x is stored']);
    bench.fetch(b, 3, 1);
    expect(bench.told).toEqual(['x is stored']);
    bench.fetch(c, 3, 1);
    expect(bench.told).toEqual(['x is stored', 'x is committed']);
    expect(bench.leader.highWatermark).toBe(3);
  });

  it('answers a follower that waits when there is an entry, and with nothing when it waited long', () => {
    const bench = new Bench();
    bench.fetch(b, 2, 1);
    expect(bench.answers).toEqual([]);
    bench.leader.tick(12);
    expect(bench.answers).toMatchObject([{ kind: 'fetched', to: b, entries: [] }]);
    bench.fetch(b, 2, 13);
    bench.append('x');
    expect(bench.answers[1]).toMatchObject({ entries: [Buffer.from('\0\0\0\u0002\0x')] });
  });

  it('tells a follower where their logs part: at the end of the last epoch that both may know', () => {
    const bench = new Bench();
    bench.append('x');
    bench.fetch(b, 5, 1, 1);
    bench.fetch(b, 4, 1, 2);
    bench.fetch(b, 1, 1, 0);
    expect(bench.answers).toMatchObject([
      { kind: 'diverged', lastEpoch: 1, end: 2 },
      { kind: 'diverged', lastEpoch: 2, end: 3 },
      { kind: 'diverged', lastEpoch: 0, end: 0 },
    ]);
    expect(bench.leader.highWatermark).toBe(0);
  });

  it('refuses what too few would store, before it is appended, and takes what one is enough for', () => {
    const bench = new Bench();
    bench.leader.tick(51);
    const refused = (): void => bench.append('x');
    expect(refused).toThrow(JournalError);
    expect(refused).toThrow('1 of at least 2 in-sync replicas are there');
    expect(bench.log.end).toBe(2);
    expect(bench.leader.append([Buffer.from('y')], 'leader').index).toBe(2);
    bench.fetch(b, 3, 52);
    bench.leader.tick(53);
    expect(() => bench.append('z')).not.toThrow();
  });

  it('says once of what it has stored that too few are left for it, and commits it when they are back', () => {
    const bench = new Bench();
    const { index } = bench.leader.append([Buffer.from('x')], 'committed');
    bench.leader.when(
      index,
      'committed',
      () => bench.told.push('x is answered'),
      () => bench.told.push('too few are left for x'),
    );
    bench.leader.when(index, 'committed', () => bench.told.push('x is shown'));
    bench.leader.tick(50);
    expect(bench.told).toEqual([]);
    bench.leader.tick(51);
    bench.leader.tick(52);
    expect(bench.told).toEqual(['too few are left for x']);
    bench.fetch(b, 3, 53);
    bench.fetch(c, 3, 53);
    expect(bench.told).toEqual(['too few are left for x', 'x is shown']);
  });

  it('strikes off who lags, but never below the minimum', () => {
    const bench = new Bench();
    bench.fetch(b, 2, 40);
    bench.leader.tick(51);
    expect(bench.proposals).toMatchObject([{ version: 5, epoch: 2, inSync: [a, b] }]);
    bench.leader.altered({ ...state, version: 6, inSync: [a, b] }, 52);
    bench.leader.tick(200);
    expect(bench.proposals).toHaveLength(1);
  });

  it('takes in who has all that may be committed, and counts it before the controller has answered', () => {
    const bench = new Bench();
    bench.leader.altered({ ...state, version: 6, inSync: [a, b] }, 1);
    bench.fetch(c, 1, 2);
    expect(bench.proposals).toEqual([]);
    bench.fetch(c, 2, 3);
    expect(bench.proposals).toMatchObject([{ version: 6, inSync: [a, b, c] }]);
    bench.append('x');
    bench.fetch(b, 3, 4);
    expect(bench.told).toEqual(['x is stored']);
    bench.fetch(c, 3, 5);
    expect(bench.told).toEqual(['x is stored', 'x is committed']);
  });

  it('counts nothing that an earlier start of a follower has said', () => {
    const bench = new Bench();
    const again = { ...b, incarnation: 2 };
    bench.append('x');
    bench.fetch(b, 3, 1);
    bench.leader.altered({ ...state, version: 6, inSync: [a, again, c] }, 2);
    bench.fetch(c, 3, 3);
    bench.fetch(b, 3, 3);
    expect(bench.told).toEqual(['x is stored']);
    bench.fetch(again, 3, 4);
    expect(bench.told).toEqual(['x is stored', 'x is committed']);
  });

  it('commits nothing while the set is smaller than the minimum', () => {
    const bench = new Bench();
    bench.leader.altered({ ...state, version: 6, inSync: [a] }, 1);
    expect(bench.leader.highWatermark).toBe(0);
    const alone = new Bench({ minInSync: 1 });
    alone.leader.altered({ ...state, version: 6, inSync: [a] }, 1);
    expect(alone.leader.highWatermark).toBe(2);
  });

  it('tells nobody anything and takes nothing when it has ended', () => {
    const bench = new Bench();
    bench.append('x');
    bench.leader.end();
    bench.fetch(b, 3, 1);
    bench.fetch(c, 3, 1);
    expect(bench.told).toEqual(['x is stored']);
    expect(() => bench.append('y')).toThrow('does not lead any more');
  });

  it('tells of a commit too early when it breaks the rule', () => {
    const bench = new Bench({ broken: 'acknowledge-when-replicated' });
    bench.append('x');
    expect(bench.told).toEqual(['x is committed', 'x is stored']);
  });
});
