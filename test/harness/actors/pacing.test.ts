import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InFlight, inFlightCapacity } from '../../../harness/actors/in-flight.ts';
import { createPacer } from '../../../harness/actors/pacer.ts';
import { RetryQueue } from '../../../harness/actors/retry-queue.ts';
import { closedSchedule, dropAfterNs, openSchedule } from '../../../harness/actors/schedule.ts';
import { constantTimetable } from '../../../harness/actors/timetable.ts';

const rates = fc.double({ min: 1, max: 5e6, noNaN: true });

describe('a constant timetable', () => {
  it('has an exact inverse: as many are due at an instant as have times up to it', () => {
    fc.assert(
      fc.property(rates, fc.nat({ max: 1_000_000 }), (rate, index) => {
        const timetable = constantTimetable(rate, 2_000_000);
        const timeNs = timetable.timeNs(index);
        expect(timetable.dueBy(timeNs)).toBeGreaterThan(index);
        expect(timetable.timeNs(timetable.dueBy(timeNs))).toBeGreaterThan(timeNs);
        if (timeNs > 0) {
          const before = timetable.dueBy(timeNs - 1);
          expect(before === 0 || timetable.timeNs(before - 1) < timeNs).toBe(true);
        }
      }),
    );
  });

  it('is absolute: the last message is due at its own instant whatever happened before', () => {
    const timetable = constantTimetable(3_000, 9_001);
    expect(timetable.timeNs(9_000)).toBe(3e9);
    expect(timetable.dueBy(-1)).toBe(0);
    expect(timetable.dueBy(0)).toBe(1);
    expect(timetable.dueBy(1e15)).toBe(9_001);
  });
});

describe('an open schedule', () => {
  const timetable = constantTimetable(1_000, 100);

  it('plans a batch for when it is full, when its first has lingered, or with the last message', () => {
    const schedule = openSchedule(timetable, 'catch-up', 5e9, 20);
    expect(schedule.departureNs(0, 10, 1, 0)).toBe(5e9 + 9e6);
    expect(schedule.departureNs(0, 50, 1, 0)).toBe(5e9 + 20e6);
    expect(schedule.departureNs(95, 50, 1, 0)).toBe(5e9 + 99e6);
  });

  it('catches up on everything, or gives up what is older than its tolerance', () => {
    const nowNs = 50e6;
    expect(openSchedule(timetable, 'catch-up', 0, 0).overdue(nowNs, 5)).toBe(0);
    const overdue = openSchedule(timetable, 'drop', 0, 0).overdue(nowNs, 5);
    expect(overdue).toBe((nowNs - dropAfterNs) / 1e6 + 1 - 5);
    expect(openSchedule(timetable, 'drop', 0, 0).overdue(nowNs, 60)).toBe(0);
  });
});

describe('a closed schedule', () => {
  it('lets as many leave as the window has room and the load has left', () => {
    const schedule = closedSchedule(8, 20, 0);
    expect(schedule.ready(0, 0, 0)).toBe(8);
    expect(schedule.ready(0, 8, 8)).toBe(0);
    expect(schedule.ready(0, 18, 3)).toBe(2);
  });

  it('waits for a full batch no longer than the linger from when the first could leave', () => {
    const schedule = closedSchedule(8, 20, 5);
    expect(schedule.departureNs(0, 4, 4, 1e6)).toBe(1e6);
    expect(schedule.departureNs(4, 4, 2, 1e6)).toBe(6e6);
    expect(schedule.departureNs(4, 4, 3, 3e6)).toBe(6e6);
    expect(schedule.departureNs(18, 4, 2, 9e6), 'the rest of the load').toBe(9e6);
  });
});

describe('sends in flight', () => {
  it('issue every ticket once and find exactly the open ones, whatever order they settle in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 200 }), (choices) => {
        const inFlight = new InFlight(8);
        const open = new Map<number, number>();
        const issued = new Set<number>();
        for (const choice of choices) {
          if (choice % 2 === 0 && inFlight.room > 0) {
            const slot = inFlight.take();
            const ticket = inFlight.ticket[slot] ?? -1;
            expect(issued.has(ticket)).toBe(false);
            issued.add(ticket);
            open.set(ticket, slot);
          } else if (open.size > 0) {
            const [ticket, slot] = [...open][choice % open.size] ?? [-1, -1];
            expect(inFlight.find(ticket)).toBe(slot);
            inFlight.release(slot);
            open.delete(ticket);
            expect(inFlight.find(ticket)).toBe(-1);
          }
          expect(inFlight.outstanding).toBe(open.size);
        }
        for (const [ticket, slot] of open) expect(inFlight.find(ticket)).toBe(slot);
        expect([...inFlight.openSlots()].length).toBe(open.size);
      }),
    );
  });

  it('are bounded by the load and by a fixed capacity', () => {
    expect(inFlightCapacity(10)).toBe(1_024);
    expect(inFlightCapacity(100_000)).toBe(131_072);
    expect(inFlightCapacity(1e9)).toBe(262_144);
  });
});

describe('the retry queue', () => {
  const message = (index: number) => ({ lane: 1, seq: index, attempt: 2, intendedNs: 0, index });

  it('gives messages back in their original order once their pause is over', () => {
    const queue = new RetryQueue(5);
    for (const index of [9, 3, 7]) queue.add(message(index), 1e6);
    queue.add(message(1), 20e6);
    expect(queue.take(10, 7e6), 'the first in order still waits').toEqual([]);
    expect(queue.take(2, 30e6).map((resend) => resend.index)).toEqual([1, 3]);
    expect(queue.take(9, 30e6).map((resend) => resend.index)).toEqual([7, 9]);
    expect(queue.length).toBe(0);
  });
});

describe('a pacer', () => {
  it.each(['sleep', 'spin'] as const)('ticks until it is stopped (%s)', async (pacing) => {
    let ticks = 0;
    await new Promise<void>((resolve) => {
      const pacer = createPacer(pacing, () => {
        ticks += 1;
        if (ticks === 5) {
          pacer.stop();
          pacer.nudge();
          resolve();
        }
        return ticks === 2;
      });
      pacer.start();
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(ticks).toBe(5);
  });
});
