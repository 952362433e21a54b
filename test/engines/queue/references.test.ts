import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../engines/embedded/protocol/bytes.ts';
import { Status } from '../../../engines/embedded/protocol/protocol.ts';
import { CallWatch } from '../../../engines/queue/simulation/call-watch.ts';
import { HandsWatch } from '../../../engines/queue/simulation/hands-watch.ts';
import { UsedIds } from '../../../engines/queue/simulation/used-ids.ts';
import { keptWorld } from '../../harness/simulate/played-bytes.ts';

const ms = 1e6;
const ok = { kind: 'ok', body: new ByteReader(Buffer.alloc(0)) } as const;
const throttled = { kind: 'refused', status: Status.throttled, reason: '' } as const;

function newWorld() {
  return keptWorld({ seed: 1, broken: undefined }).world;
}

describe('the reference of calls', () => {
  const quota = { kind: 'calls', callsPerSecond: 10, messagesPerCall: 2 } as const;
  const served = 'more calls were served than the quota allows';

  /** So many calls, one every so many milliseconds. */
  function wrongsOf(calls: number, everyMs: number, restartAt = Number.POSITIVE_INFINITY) {
    const world = newWorld();
    const broker = { lives: 1 };
    const watch = new CallWatch(world, broker, quota, 0);
    for (let call = 0; call < calls; call += 1) {
      world.agenda.at(call * everyMs * ms, () => {
        if (call === restartAt) broker.lives += 1;
        watch.end(watch.begin('send'), ok, 1);
      });
    }
    world.agenda.run(1e12);
    return [...world.wrongs];
  }

  it('allows a second’s worth at once, and as many a second', () => {
    expect(wrongsOf(10, 0)).toEqual([]);
    expect(wrongsOf(11, 0)).toEqual([served]);
    expect(wrongsOf(60, 100)).toEqual([]);
    expect(wrongsOf(60, 50)).toEqual([served]);
  });

  it('begins anew with each life of the broker', () => {
    expect(wrongsOf(20, 0, 10)).toEqual([]);
  });

  it('sees a refusal that came too early, and an answer with too much in it', () => {
    const world = newWorld();
    const watch = new CallWatch(world, { lives: 1 }, quota, 0);
    watch.end(watch.begin('receive'), throttled, 0);
    expect([...world.wrongs]).toEqual(['a call within the quota was refused']);
    watch.end(watch.begin('receive'), ok, 3);
    expect(world.wrongs.has('a receive brought more messages than the quota allows')).toBe(true);
    for (let call = 3; call < 12; call += 1) watch.begin('receive');
    const late = newWorld();
    const full = new CallWatch(late, { lives: 1 }, quota, 0);
    for (let call = 0; call < 10; call += 1) full.end(full.begin('send'), ok, 1);
    full.end(full.begin('send'), throttled, 1);
    expect([...late.wrongs]).toEqual([]);
  });
});

describe('the reference of hands', () => {
  const tooMany = 'more messages were in hands than the queue allows';

  it('counts what certainly is in hands at one instant', () => {
    const world = newWorld();
    const watch = new HandsWatch(world, { lives: 1 }, 2);
    watch.received([1, 2], 50 * ms, 1);
    expect([...world.wrongs]).toEqual([]);
    watch.received([3], 50 * ms, 1);
    expect([...world.wrongs]).toEqual([tooMany]);
  });

  it('counts nothing whose lease may have ended, that is being settled, or that a restart let go', () => {
    const world = newWorld();
    const broker = { lives: 1 };
    const watch = new HandsWatch(world, broker, 2);
    watch.received([1, 2], 50 * ms, 1);
    watch.settling(1);
    watch.received([3], 50 * ms, 1);
    world.agenda.at(60 * ms, () => watch.received([4, 5], 90 * ms, 1));
    world.agenda.at(61 * ms, () => {
      broker.lives = 2;
      watch.received([6], 90 * ms, 1);
      watch.received([7, 8], 90 * ms, 2);
    });
    world.agenda.run(1e12);
    expect([...world.wrongs]).toEqual([]);
  });
});

describe('ids that are used anew', () => {
  it('are those whose window has ended since the broker is known to be up', () => {
    const ids = new UsedIds(100);
    ids.connected();
    ids.answered(1 * ms);
    ids.stored('a', 1 * ms);
    ids.stored('b', 50 * ms);
    expect(ids.take(100 * ms)).toBeUndefined();
    expect(ids.take(101 * ms)).toBe('a');
    expect(ids.take(101 * ms)).toBeUndefined();
    ids.connected();
    expect(ids.take(900 * ms)).toBeUndefined();
    ids.answered(900 * ms);
    expect(ids.take(999 * ms)).toBeUndefined();
    expect(ids.take(1_000 * ms)).toBe('b');
  });
});
