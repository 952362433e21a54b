import { describe, expect, test } from 'vitest';
import type { ProducerIdentity } from '../../../engines/embedded/log/entries.ts';
import { newestProducer } from '../../../engines/embedded/log/producer-ids.ts';
import { noSequence } from '../../../engines/embedded/log/producers.ts';
import { Partition } from '../../../engines/embedded/log/partition.ts';
import { Transactions } from '../../../engines/embedded/log/transactions.ts';
import { Status } from '../../../engines/embedded/protocol/protocol.ts';
import { keepsAll } from '../../../engines/embedded/rules.ts';
import { MemoryStorage } from './memory-storage.ts';
import { TransactionBench } from './transaction-bench.ts';

const bench = (storage = new MemoryStorage()): TransactionBench => new TransactionBench(storage);

describe('what readers see of transactions', () => {
  test('a committed one is seen, an aborted one is not, and each end takes an offset', () => {
    const b = bench();
    const p = b.init('job');
    expect(b.produce(p, 'a')).toBe(0);
    const next = b.end(p, 'abort');
    expect(b.produce(next, 'b')).toBe(2);
    b.end(next, 'commit');
    expect(b.read()).toEqual(['b']);
    expect(b.read('read-uncommitted')).toEqual(['a', 'b']);
    expect(b.partition().end).toBe(4);
  });

  test('what is behind an open transaction waits for its end, so that the order of offsets is kept', () => {
    const b = bench();
    const p = b.init('job');
    b.plain('before');
    b.produce(p, 'inside');
    b.plain('behind');
    expect(b.read()).toEqual(['before']);
    expect(b.read('read-uncommitted')).toEqual(['before', 'inside', 'behind']);
    b.end(p, 'commit');
    expect(b.read()).toEqual(['before', 'inside', 'behind']);
  });

  test('the end of what is readable lies after the last message that counts, not after a marker', () => {
    const b = bench();
    const p = b.init('job');
    b.plain('before');
    b.produce(p, 'aborted');
    const end = (): number[] => [
      b.partition().readableEnd('read-committed'),
      b.partition().readableEnd('read-uncommitted'),
    ];
    expect(end()).toEqual([1, 2]);
    b.end(p, 'abort');
    expect(end()).toEqual([1, 2]);
    b.plain('after');
    expect(end()).toEqual([4, 4]);
  });

  test('a long poll is answered by the commit, not by the batch', () => {
    const b = bench();
    const p = b.init('job');
    const polled = b.poll();
    b.produce(p, 'a');
    expect(polled).toEqual([]);
    b.end(p, 'commit');
    expect(polled).toEqual(['a']);
  });

  test('an end that is not committed in the journal yet is not shown, and not answered', () => {
    const storage = new MemoryStorage();
    const first = bench(storage);
    const p = first.init('job');
    first.produce(p, 'a');
    const b = first.restart({ kind: 'every-batch' });
    b.produce(p, 'b');
    storage.held = [];
    const ended = b.ending(p, 'commit');
    expect(ended).toEqual([]);
    expect(b.read()).toEqual([]);
    for (const done of storage.held.splice(0)) done(null);
    expect(ended).toEqual([{ ...p, epoch: p.epoch + 1 }]);
    expect(b.read()).toEqual(['a', 'b']);
  });
});

describe('offsets in a transaction', () => {
  test('count with its commit, and only with it', () => {
    const b = bench();
    b.join(1);
    const p = b.init('job');
    expect(b.include(p, 5)).toBe('ok');
    const aborted = b.end(p, 'abort');
    expect(b.committed()).toBeUndefined();
    expect(b.include(aborted, 7)).toBe('ok');
    expect(b.committed()).toBeUndefined();
    b.end(aborted, 'commit');
    expect(b.committed()).toBe(7);
    expect(b.restart().committed()).toBe(7);
  });

  test('are refused of a member that has lost its partitions, and of an unknown producer', () => {
    const b = bench();
    b.join(1);
    const p = b.init('job');
    expect(b.include(p, 5, { session: 2 })).toBe('NOT_A_MEMBER');
    expect(b.include(p, 5, { generation: 0 })).toBe('STALE_GENERATION');
    expect(b.include({ producer: 99, epoch: 0 }, 5)).toBe('BAD_REQUEST');
  });

  test('are aborted when the partitions change hands, so that nobody commits behind the new owner’s back', () => {
    const b = bench();
    b.join(1);
    const p = b.init('job');
    b.produce(p, 'output');
    b.include(p, 5);
    b.leave(1);
    b.join(2);
    expect(b.endStatus(p, 'commit')).toBe('FENCED_EPOCH');
    expect(b.committed()).toBeUndefined();
    expect(b.read()).toEqual([]);
  });
});

describe('a transactional id', () => {
  test('that is taken over fences its last owner: batches, offsets and ends', () => {
    const b = bench();
    b.join(1);
    const zombie = b.init('job');
    b.produce(zombie, 'zombie');
    const successor = b.init('job');
    expect(successor.producer).toBe(zombie.producer);
    expect(b.produce(zombie, 'late')).toBe('FENCED_EPOCH');
    expect(b.include(zombie, 5)).toBe('FENCED_EPOCH');
    expect(b.endStatus(zombie, 'commit')).toBe('FENCED_EPOCH');
    b.produce(successor, 'successor');
    b.end(successor, 'commit');
    expect(b.read()).toEqual(['successor']);
  });

  test('does not give its epoch away to a zombie that repeats its abort', () => {
    const b = bench();
    const zombie = b.init('job');
    b.produce(zombie, 'zombie');
    const successor = b.init('job');
    const told = b.end(zombie, 'abort');
    expect(told.epoch).toBeLessThan(successor.epoch);
    expect(b.produce(told, 'late')).toBe('FENCED_EPOCH');
  });

  test('answers an end that is asked for again as the first time, also after a restart, and no other end', () => {
    const b = bench();
    const p = b.init('job');
    b.produce(p, 'a');
    const next = b.end(p, 'commit');
    expect(b.end(p, 'commit')).toEqual(next);
    const again = b.restart();
    expect(again.end(p, 'commit')).toEqual(next);
    expect(again.endStatus(p, 'abort')).toBe('FENCED_EPOCH');
    expect(again.read()).toEqual(['a']);
  });

  test('does not let a batch of one transaction come late into the next', () => {
    const b = bench();
    const p = b.init('job');
    b.produce(p, 'a');
    const next = b.end(p, 'abort');
    b.produce(next, 'b');
    expect(b.produce(p, 'late', { sequence: 1 })).toBe('FENCED_EPOCH');
    b.end(next, 'commit');
    expect(b.read()).toEqual(['b']);
  });

  test('ends an empty transaction without a trace', () => {
    const b = bench();
    const p = b.init('job');
    expect(b.end(p, 'commit')).toEqual(p);
    expect(b.partition().end).toBe(0);
  });

  test('whose epochs are used up goes on as another producer, and the old one stays fenced', () => {
    let newest = 0;
    const transactions: Transactions = new Transactions({
      keeps: keepsAll,
      record: (entry, committed) => {
        newest = Math.max(newest, newestProducer(entry));
        transactions.apply(entry);
        committed();
      },
      newProducer: () => newest + 1,
      commitOffsets: () => {},
      arrived: () => {},
    });
    let identity: ProducerIdentity = { producer: 0, epoch: 0 };
    for (let taken = 0; taken <= 0xffff; taken += 1) {
      transactions.init('job', 1000, (it) => (identity = it));
    }
    expect(identity).toEqual({ producer: 1, epoch: 0xffff });
    transactions.wrote(1, new Partition(), 0);
    transactions.end(identity, 'abort', (ended) => {
      expect(ended).toEqual({ status: 0, next: { producer: 2, epoch: 0 } });
    });
    for (const epoch of [0, 0xffff]) {
      expect(transactions.refusal({ producer: 1, epoch })?.status).toBe(Status.fencedEpoch);
    }
    expect(transactions.refusal({ producer: 2, epoch: 0 })).toBeUndefined();
  });
});

describe('a transactional producer that does not count its batches', () => {
  test('has what it sends again twice in its transaction, also after a restart, and is fenced all the same', () => {
    const first = bench();
    const p = first.init('job');
    first.produce(p, 'again', { sequence: noSequence });
    const b = first.restart();
    expect(b.produce(p, 'again', { sequence: noSequence })).toBe(1);
    b.end(p, 'commit');
    expect(b.read()).toEqual(['again', 'again']);
    expect(b.produce(p, 'late', { sequence: noSequence })).toBe('FENCED_EPOCH');
  });
});

describe('time and restarts', () => {
  test('a transaction that is open too long is aborted, and its producer fenced', () => {
    const b = bench();
    const p = b.init('job', 100);
    b.produce(p, 'a');
    b.broker.tick(1000);
    expect(b.broker.nextWakeMs()).toBe(1100);
    b.broker.tick(1099);
    b.plain('behind');
    expect(b.read()).toEqual([]);
    b.broker.tick(1100);
    expect(b.read()).toEqual(['behind']);
    expect(b.endStatus(p, 'commit')).toBe('FENCED_EPOCH');
    expect(b.broker.nextWakeMs()).toBeUndefined();
  });

  test('a restarted broker finds it open, and gives it its time once more', () => {
    const first = bench();
    const p = first.init('job', 100);
    first.produce(p, 'a');
    const b = first.restart();
    expect(b.read()).toEqual([]);
    expect(b.broker.nextWakeMs()).toBe(0);
    b.broker.tick(5);
    expect(b.broker.nextWakeMs()).toBe(105);
    expect(b.produce(p, 'b', { sequence: 1 })).toBe(1);
    b.end(p, 'commit');
    expect(b.read()).toEqual(['a', 'b']);
    expect(b.restart().read()).toEqual(['a', 'b']);
  });

  test('where the disk is full, it stays open, and is aborted later', () => {
    const storage = new MemoryStorage();
    const b = bench(storage);
    const p = b.init('job', 100);
    b.produce(p, 'a');
    b.broker.tick(0);
    storage.room = 0;
    b.broker.tick(100);
    expect(b.partition().end).toBe(1);
    storage.room = Number.POSITIVE_INFINITY;
    b.broker.tick(200);
    expect(b.partition().end).toBe(2);
  });
});
