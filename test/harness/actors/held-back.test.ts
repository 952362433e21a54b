import { afterAll, describe, expect, it } from 'vitest';
import { closedSchedule, heldBack, openSchedule } from '../../../harness/actors/schedule.ts';
import { constantTimetable } from '../../../harness/actors/timetable.ts';
import { clearStage, nowNs, openLoad, producerSpec, spawn, until } from './stage.ts';

afterAll(clearStage);

describe('a producer', () => {
  it('holds back what waits for a fault until it is released, and then sends all of it', async () => {
    const spec = producerSpec({}, { load: openLoad(100), unheld: 37 });
    const actor = await spawn(spec);
    actor.start(nowNs());
    await until(() => actor.counters().acknowledged === 37);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(actor.counters().sent).toBe(37);
    actor.release();
    expect(await actor.ended).toMatchObject({ how: 'finished' });
    expect(actor.counters()).toMatchObject({ sent: 100, acknowledged: 100 });
  });
});

describe('a schedule that is held back', () => {
  const open = openSchedule(constantTimetable(1_000, 100), 'catch-up', 0, 0);

  it('is the schedule itself up to there, and lets nothing beyond leave', () => {
    const held = heldBack(open, 40, () => false);
    expect(held.ready(20e6, 5, 0)).toBe(open.ready(20e6, 5, 0));
    expect(held.ready(90e6, 5, 0)).toBe(35);
    expect(held.ready(90e6, 40, 0)).toBe(0);
    expect(held.intendedNs(39, 0)).toBe(39e6);
  });

  it('goes on at its own pace from when it is released, and owes what was due before', () => {
    const held = heldBack(open, 40, () => true);
    expect(held.ready(90e6, 30, 0)).toBe(11);
    expect(held.intendedNs(40, 90e6)).toBe(90e6);
    expect(held.intendedNs(39, 90e6)).toBe(39e6);
    expect(held.departureNs(41, 1, 1, 90e6)).toBe(91e6);
    expect(held.ready(95e6, 40, 0)).toBe(6);
    expect(held.ready(1e9, 40, 0)).toBe(60);
  });

  it('has not paused when it was released before it got there', () => {
    const held = heldBack(open, 40, () => true);
    expect(held.ready(10e6, 0, 0)).toBe(11);
    expect(held.intendedNs(60, 10e6)).toBe(60e6);
    expect(held.ready(60e6, 11, 0)).toBe(50);
  });

  it('keeps the window of a closed one', () => {
    let isReleased = false;
    const held = heldBack(closedSchedule(8, 100, 0), 40, () => isReleased);
    expect(held.ready(0, 36, 0)).toBe(4);
    isReleased = true;
    expect(held.ready(1e9, 40, 3)).toBe(5);
    expect(held.intendedNs(40, 1e9)).toBe(1e9);
  });
});
