import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Partition } from '../../../engines/embedded/log/partition.ts';
import type { Cleanup } from '../../../engines/embedded/log/topic-policy.ts';

const segmentBytes = 100;
const everything = { messages: 1_000_000, bytes: 1_000_000 };

interface Written {
  readonly baseOffset: number;
  readonly count: number;
  readonly bytes: number;
  readonly timestampMs: number;
}

const steps = fc.array(
  fc.record({
    count: fc.integer({ min: 1, max: 4 }),
    bytes: fc.integer({ min: 1, max: 120 }),
    /** The clock may be set back. */
    laterMs: fc.integer({ min: -5, max: 20 }),
  }),
  { maxLength: 40 },
);

type Step = { readonly count: number; readonly bytes: number; readonly laterMs: number };

/** A partition and, in a list, what was written to it. */
function written(all: readonly Step[]): { partition: Partition; list: Written[]; nowMs: number } {
  const partition = new Partition({ segmentBytes, cleanup: { kind: 'keep' } });
  const list: Written[] = [];
  let nowMs = 1_000;
  for (const { count, bytes, laterMs } of all) {
    nowMs += laterMs;
    const timestampMs = partition.timestamp(nowMs);
    const baseOffset = partition.end;
    const stored = { segment: 0, position: 0, length: bytes, bytes: undefined };
    partition.append({ baseOffset, count, stored, timestampMs, transaction: undefined });
    partition.commitTo(partition.end);
    list.push({ baseOffset, count, bytes, timestampMs });
  }
  return { partition, list, nowMs };
}

/** Batches in segments, by the rule alone: a new one begins where the batch would not fit any more. */
function inSegments(list: readonly Written[]): Written[][] {
  const segments: Written[][] = [];
  for (const batch of list) {
    const open = segments.at(-1);
    const held = open?.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
    if (open === undefined || held + batch.bytes > segmentBytes) segments.push([batch]);
    else open.push(batch);
  }
  return segments;
}

const offsetsOf = (partition: Partition, from: number): number[] =>
  partition.read(from, everything, 'read-committed').map(({ baseOffset }) => baseOffset);

describe('a partition', () => {
  test('finds the first message of a time or later as a search from the start does', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 1_500 }), (all, timeMs) => {
        const { partition, list } = written(all);
        const naive = list.find(({ timestampMs }) => timestampMs >= timeMs)?.baseOffset;
        expect(partition.offsetAt(timeMs)).toBe(naive ?? partition.end);
      }),
    );
  });

  test('stamps no batch with a time before that of the batch before it, whatever the clock says', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const stamps = written(all).list.map(({ timestampMs }) => timestampMs);
        expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
      }),
    );
  });

  test('reads after a removal what a list without its beginning holds, by offset and by time', () => {
    fc.assert(
      fc.property(steps, fc.nat(), fc.nat(), (all, which, where) => {
        const { partition, list } = written(all);
        const segments = inSegments(list);
        const start = segments[which % Math.max(1, segments.length)]?.[0]?.baseOffset ?? 0;
        partition.startAt(start);
        const left = list.filter(({ baseOffset }) => baseOffset >= start);
        const from = start + (where % (partition.end - start + 1));
        expect(partition.start).toBe(start);
        expect(offsetsOf(partition, from)).toEqual(
          left
            .filter(({ baseOffset, count }) => baseOffset + count > from)
            .map(({ baseOffset }) => baseOffset),
        );
        const timeMs = left[0]?.timestampMs ?? 0;
        expect(partition.offsetAt(0)).toBe(left[0]?.baseOffset ?? partition.end);
        expect(partition.offsetAt(timeMs)).toBe(left[0]?.baseOffset ?? partition.end);
      }),
    );
  });

  test('begins its segments where the rule says, also after a removal', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (all, which) => {
        const { partition, list } = written(all);
        const naive = inSegments(list).map(([first]) => first?.baseOffset);
        const begins = (): number[] => partition.segments.all.map(({ baseOffset }) => baseOffset);
        expect(begins()).toEqual(naive);
        const removed = which % Math.max(1, naive.length);
        partition.startAt(naive[removed] ?? 0);
        expect(begins()).toEqual(naive.slice(removed));
      }),
    );
  });
});

describe('retention', () => {
  const bounds = fc.record({
    kind: fc.constant('delete' as const),
    ms: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
    bytes: fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: undefined }),
  });

  /** One segment after another, oldest first, as long as a bound asks for it; never the last. */
  function naive(
    segments: readonly (readonly Written[])[],
    { ms, bytes }: Cleanup & { kind: 'delete' },
    limit: number,
    nowMs: number,
  ): number | undefined {
    let below: number | undefined;
    for (let at = 0; at + 1 < segments.length; at += 1) {
      const rest = segments.slice(at + 1).flat();
      const left = rest.reduce((sum, batch) => sum + batch.bytes, 0);
      const newestMs = segments[at]?.at(-1)?.timestampMs ?? 0;
      const next = rest[0]?.baseOffset ?? 0;
      const isOld = ms !== undefined && newestMs + ms <= nowMs;
      const isTooMuch = bytes !== undefined && left >= bytes;
      if (next > limit || !(isOld || isTooMuch)) break;
      below = next;
    }
    return below;
  }

  test('lets whole segments go by age and by size, as a list of them says, and nothing undecided', () => {
    fc.assert(
      fc.property(steps, bounds, fc.nat(), fc.nat({ max: 300 }), (all, cleanup, cut, later) => {
        const { partition, list, nowMs } = written(all);
        const limit = cut % (partition.end + 1);
        const at = nowMs + later;
        expect(partition.segments.expiredBelow(cleanup, limit, at)).toBe(
          naive(inSegments(list), cleanup, limit, at),
        );
      }),
    );
  });
});
