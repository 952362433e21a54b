import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ProducerIdentity } from '../../../engines/embedded/log/entries.ts';
import { MemoryStorage } from './memory-storage.ts';
import { TransactionBench } from './transaction-bench.ts';

interface Fate {
  is: 'open' | 'committed' | 'aborted';
}

/** What a log with transactions is, said as plainly as possible: lists, and a word for each transaction. */
class Model {
  readonly partitions: { readonly body: string; readonly fate: Fate }[][] = [[], []];
  readonly committed: (number | undefined)[] = [undefined, undefined];
  readonly #open = new Map<
    number,
    { fate: Fate; offsets: [partition: number, offset: number][] }
  >();

  of(job: number): { fate: Fate; offsets: [number, number][] } {
    const open = this.#open.get(job) ?? { fate: { is: 'open' }, offsets: [] };
    this.#open.set(job, open);
    return open;
  }

  end(job: number, is: 'committed' | 'aborted'): void {
    const open = this.#open.get(job);
    this.#open.delete(job);
    if (open === undefined) return;
    open.fate.is = is;
    if (is === 'aborted') return;
    for (const [partition, offset] of open.offsets) this.committed[partition] = offset;
  }

  readCommitted(partition: number): string[] {
    const all = this.partitions[partition] ?? [];
    const unstable = all.findIndex(({ fate }) => fate.is === 'open');
    const stable = unstable === -1 ? all : all.slice(0, unstable);
    return stable.filter(({ fate }) => fate.is === 'committed').map(({ body }) => body);
  }
}

const acts = ['produce', 'plain', 'include', 'commit', 'abort', 'take over', 'restart'] as const;
const step = fc.record({
  act: fc.constantFrom(...acts),
  job: fc.integer({ min: 0, max: 2 }),
  partition: fc.integer({ min: 0, max: 1 }),
});

test('whatever jobs do, with restarts: readers see what was committed, in order, and offsets count with it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const model = new Model();
      let bench = new TransactionBench(new MemoryStorage(), 2);
      const jobs: ProducerIdentity[] = [0, 1, 2].map((job) => bench.init(`job ${job}`));
      bench.join(1);
      let generation = 1;
      for (const [index, { act, job, partition }] of steps.entries()) {
        const identity = jobs[job] as ProducerIdentity;
        const body = `${index}`;
        const offset = index + 1;
        switch (act) {
          case 'produce':
            expect(bench.produce(identity, body, { partition })).toBeTypeOf('number');
            model.partitions[partition]?.push({ body, fate: model.of(job).fate });
            break;
          case 'plain':
            bench.plain(body, partition);
            model.partitions[partition]?.push({ body, fate: { is: 'committed' } });
            break;
          case 'include':
            expect(bench.include(identity, offset, { generation, partition })).toBe('ok');
            model.of(job).offsets.push([partition, offset]);
            break;
          case 'commit':
          case 'abort':
            jobs[job] = bench.end(identity, act);
            model.end(job, act === 'commit' ? 'committed' : 'aborted');
            break;
          case 'take over':
            jobs[job] = bench.init(`job ${job}`);
            model.end(job, 'aborted');
            expect(bench.produce(identity, 'late', { partition })).toBe('FENCED_EPOCH');
            break;
          case 'restart':
            bench = bench.restart();
            // The first member after it begins a generation, which aborts what includes offsets.
            for (const other of [0, 1, 2]) {
              if (model.of(other).offsets.length === 0) continue;
              jobs[other] = bench.init(`job ${other}`);
              model.end(other, 'aborted');
            }
            bench.join(1);
            generation += 1;
        }
        for (const each of [0, 1]) {
          const all = model.partitions[each]?.map((message) => message.body);
          expect(bench.read('read-committed', each)).toEqual(model.readCommitted(each));
          expect(bench.read('read-uncommitted', each)).toEqual(all);
          expect(bench.committed(each)).toBe(model.committed[each]);
        }
      }
    }),
  );
});
