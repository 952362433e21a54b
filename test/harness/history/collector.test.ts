import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyEvent, EventKind, type EventRecord } from '../../../harness/core/events.ts';
import { coordinatorRank, HistoryCollector } from '../../../harness/history/collector.ts';
import type { HistoryFacts } from '../../../harness/history/segments.ts';
import { createRing, RingWriter } from '../../../harness/history/ring.ts';
import { readHistory } from '../../../harness/history/reader.ts';
import { event } from './arbitrary-event.ts';
import { MemoryDisk } from './memory-disk.ts';

function setUp(actors: readonly number[], capacity = 8) {
  const disk = new MemoryDisk();
  const collector = new HistoryCollector({ directory: '/h', disk, run: 7, mode: 'full' });
  const seen: EventRecord[] = [];
  collector.listen((each) => seen.push({ ...each }));
  const writers = new Map(
    actors.map((actor) => {
      const ring = createRing(capacity, `/h/${actor}.spill`, 2);
      collector.addActor(actor, ring);
      return [actor, new RingWriter(ring, disk)];
    }),
  );
  const writer = (actor: number): RingWriter => {
    const found = writers.get(actor);
    if (found === undefined) throw new Error(`no actor ${actor}`);
    return found;
  };
  const order = (): string[] => seen.map((each) => `${each.actor}:${each.seq}`);
  const finish = (): HistoryFacts => {
    for (const each of writers.values()) each.close();
    return collector.finish();
  };
  return { disk, collector, seen, writer, order, finish };
}

describe('the collector', () => {
  it('hands events out by time, and by actor number where times are equal', () => {
    const { collector, writer, order } = setUp([2, 1]);
    writer(2).append(event(2, 0, 10));
    writer(2).append(event(2, 1, 20));
    writer(1).append(event(1, 0, 5));
    writer(1).append(event(1, 1, 20));
    collector.append(event(9, 0, 20));
    writer(1).advance(30);
    writer(2).advance(30);
    collector.poll(30);
    expect(order()).toEqual(['1:0', '2:0', '1:1', '2:1', '9:0']);
  });

  it('holds an event while an actor of lower number may still bring one of the same time', () => {
    const { collector, writer, order } = setUp([1, 2]);
    writer(2).append(event(2, 0, 20));
    writer(1).advance(20);
    collector.poll(100);
    expect(order()).toEqual([]);
    writer(1).append(event(1, 0, 20));
    writer(1).advance(21);
    collector.poll(100);
    expect(order()).toEqual(['1:0', '2:0']);
  });

  it('lets an event go when only actors of higher number may still bring one of the same time', () => {
    const { collector, writer, order } = setUp([1, 2]);
    writer(1).append(event(1, 0, 20));
    writer(2).advance(20);
    collector.poll(100);
    expect(order()).toEqual(['1:0']);
  });

  it('takes the last event of an actor for its watermark', () => {
    const { collector, writer, order } = setUp([1, 2]);
    writer(1).append(event(1, 0, 10));
    writer(2).append(event(2, 0, 5));
    writer(2).append(event(2, 1, 15));
    collector.poll(100);
    expect(order()).toEqual(['2:0', '1:0']);
    expect(collector.totals()).toMatchObject({ merged: 2, mergedUpToNs: 10, waitingFor: 1 });
  });

  it('waits for an actor that stands still while the others spill, and loses nothing', () => {
    const { collector, writer, order } = setUp([1, 2], 4);
    for (let seq = 0; seq < 100; seq += 1) {
      writer(2).append(event(2, seq, seq + 1));
      collector.poll(seq + 1);
    }
    expect(order()).toEqual([]);
    expect(collector.totals()).toMatchObject({ merged: 0, lost: 0, waitingFor: 1 });
    expect(collector.totals().spilled).toBeGreaterThan(0);
    collector.endActor(1);
    collector.poll(1_000);
    expect(order()).toHaveLength(100);
  });

  it('drains an ended actor before it stops waiting for it, and removes its spill file', () => {
    const { disk, collector, writer, order } = setUp([1, 2], 1);
    for (let seq = 0; seq < 9; seq += 1) writer(1).append(event(1, seq, seq));
    collector.endActor(1);
    writer(2).advance(100);
    collector.poll(100);
    expect(order()).toHaveLength(9);
    expect(disk.list('/h')).not.toContain('1.spill');
  });

  it('keeps the coordinator from writing before what its polls have promised', () => {
    const { collector, seen } = setUp([]);
    collector.poll(50);
    collector.append({ ...emptyEvent(), kind: EventKind.phase, timeNs: 40 });
    collector.poll(60);
    expect(seen.map((each) => each.timeNs)).toEqual([50]);
  });

  it('stops at its budget and says that there is more', () => {
    const { collector, writer, order } = setUp([1]);
    for (let seq = 0; seq < 6; seq += 1) writer(1).append(event(1, seq, seq));
    expect(collector.poll(100, 4)).toBe(false);
    expect(order()).toHaveLength(4);
    expect(collector.poll(100, 4)).toBe(true);
    expect(order()).toHaveLength(6);
  });

  it('reports an actor that was added after its past had been merged', () => {
    const { disk, collector } = setUp([]);
    collector.append(event(9, 0, 50));
    collector.poll(60);
    const ring = createRing(4, '/late.spill');
    collector.addActor(3, ring);
    new RingWriter(ring, disk).append(event(3, 0, 40));
    expect(() => collector.poll(70)).toThrow('actor 3 wrote an event of 40 ns');
  });

  it('refuses two rings of one actor', () => {
    const { collector } = setUp([1]);
    expect(() => collector.addActor(1, createRing(1, '/x'))).toThrow('two rings');
  });

  it('keeps what was merged, and every file closed, when a listener throws at the end', () => {
    const { disk, collector, writer, finish } = setUp([1], 1);
    for (let seq = 0; seq < 5; seq += 1) writer(1).append(event(1, seq, seq));
    collector.listen((each) => {
      if (each.seq === 3) throw new Error('a check crashed');
    });
    expect(() => finish()).toThrow('a check crashed');
    expect(disk.closed).toBe(disk.opened);
    expect(readHistory('/h', disk, () => {})).toMatchObject({ eventsRead: 3, problem: undefined });
  });

  it('merges any events of any actors, polled at any time, as a sort by time and actor would', () => {
    const step = fc.record({
      actor: fc.integer({ min: 0, max: 4 }),
      laterNs: fc.nat({ max: 3 }),
      next: fc.constantFrom('nothing', 'poll', 'advance'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const { collector, seen, writer, disk, finish } = setUp([0, 1, 2, 3], 3);
        const written: { readonly rank: number; readonly event: EventRecord }[] = [];
        const last = [0, 0, 0, 0];
        let nowNs = 0;
        steps.forEach(({ actor, laterNs, next }, seq) => {
          nowNs += laterNs;
          const own = actor === 4;
          const each = event(actor, seq, own ? nowNs : (last[actor] ?? 0) + laterNs);
          written.push({ rank: own ? coordinatorRank : actor, event: each });
          if (own) collector.append(each);
          else {
            last[actor] = each.timeNs;
            writer(actor).append(each);
            if (next === 'advance') writer(actor).advance(each.timeNs);
          }
          if (next === 'poll') collector.poll(nowNs, 5);
        });
        const facts = finish();
        const expected = written
          .toSorted((a, b) => a.event.timeNs - b.event.timeNs || a.rank - b.rank)
          .map((each) => each.event);
        expect(seen).toEqual(expected);
        expect(facts).toMatchObject({ eventsTotal: steps.length, complete: true });
        const kept: EventRecord[] = [];
        readHistory('/h', disk, (each) => kept.push({ ...each }));
        expect(kept).toEqual(expected);
        expect(disk.closed).toBe(disk.opened);
      }),
    );
  });
});
