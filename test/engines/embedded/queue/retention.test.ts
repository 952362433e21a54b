import { describe, expect, test } from 'vitest';
import { Status } from '../../../../engines/embedded/protocol/protocol.ts';
import { DrivenQueue } from './driven-queue.ts';

const retentionMs = 500;

describe('retention', () => {
  test('a message is gone when it has been kept long enough, to the millisecond, also from hands', () => {
    const q = new DrivenQueue({ retentionMs });
    q.send([{ body: 'held' }, { body: 'ready' }]);
    q.nowMs = 450;
    const held = q.receive({ maxMessages: 1 }).copies ?? [];
    expect(q.broker.nextWakeMs()).toBe(retentionMs);
    q.nowMs = retentionMs - 1;
    expect(q.depth()).toEqual({ ready: 1, inFlight: 1 });
    q.nowMs = retentionMs;
    expect(q.depth()).toEqual({ ready: 0, inFlight: 0 });
    expect(q.remove(held)).toEqual([Status.gone]);
    expect(q.bodies()).toEqual([]);
  });

  test('what is gone holds its group up no longer, and is not handed out in its place', () => {
    const q = new DrivenQueue({ order: 'message-groups', retentionMs });
    q.send([
      { body: '1', group: 'g' },
      { body: '2', group: 'g' },
      { body: 'other', group: 'h' },
    ]);
    q.nowMs = 450;
    q.receive({ maxMessages: 1 });
    q.send([{ body: '3', group: 'g' }]);
    q.nowMs = 500;
    expect(q.bodies()).toEqual(['3']);
  });

  test('a delayed message that is kept for less than its delay never comes', () => {
    const q = new DrivenQueue({ retentionMs });
    q.send([{ body: 'late', delayMs: retentionMs + 100 }]);
    q.nowMs = 1000;
    expect(q.bodies()).toEqual([]);
    expect(q.depth()).toEqual({ ready: 0, inFlight: 0 });
  });

  test('a restart brings nothing back, and the time while the broker was down does not count', () => {
    const q = new DrivenQueue({ retentionMs });
    q.send([{ body: 'old' }]);
    q.nowMs = 200;
    q.send([{ body: 'young' }]);
    q.restart(77_000);
    expect(q.depth().ready).toBe(2);
    q.nowMs += 299;
    expect(q.depth().ready).toBe(2);
    q.nowMs += 1;
    expect(q.depth().ready).toBe(1);
    q.restart(1);
    expect(q.bodies()).toEqual(['young']);
  });

  test('a full disk keeps a message until there is room', () => {
    const q = new DrivenQueue({ retentionMs });
    q.send([{ body: 'x' }]);
    q.storage.room = 0;
    q.nowMs = retentionMs;
    expect(q.depth().ready).toBe(1);
    q.storage.room = 1000;
    expect(q.depth().ready).toBe(0);
  });
});
