import { describe, expect, it } from 'vitest';
import type { Actor } from '../../../harness/actors/actor.ts';
import { maximumStages } from '../../../harness/measure/epochs.ts';
import { Troupe } from '../../../harness/run/troupe.ts';
import { Windows } from '../../../harness/run/windows.ts';

function open() {
  let nowNs = 0;
  const troupe = new Troupe();
  const windows = new Windows({ nowNs: () => nowNs }, troupe);
  return {
    windows,
    at: (ns: number, act: (windows: Windows) => void): void => {
      nowNs = ns;
      act(windows);
    },
    /** An actor that comes on stage now. @returns the epochs that it is told */
    enter: (): readonly number[] => {
      const told: number[] = [];
      const actor = {
        spec: { role: 'producer' },
        ended: new Promise(() => undefined),
        enterEpoch: (epoch: number) => told.push(epoch),
      };
      troupe.add(actor as unknown as Actor);
      return told;
    },
  };
}

describe('the epochs of a cell that is played', () => {
  it('begin with phases, stages and faults, and each ends where the next begins', () => {
    const { windows, at } = open();
    at(10, (the) => the.phase('load'));
    at(20, (the) => the.phase('fault'));
    at(30, (the) => the.faultStarted(0, 30));
    at(40, (the) => the.faultStopped(0, 40));
    at(50, (the) => the.phase('heal'));
    at(60, (the) => the.phase('drain'));
    at(70, (the) => the.phase('end'));
    expect(
      windows
        .epochs()
        .map(({ startNs, endNs, phase, fault }) => ({ startNs, endNs, phase, fault })),
    ).toEqual([
      { startNs: 10, endNs: 30, phase: 'load', fault: undefined },
      { startNs: 30, endNs: 40, phase: 'load', fault: { index: 0, isOver: false } },
      { startNs: 40, endNs: 60, phase: 'load', fault: { index: 0, isOver: true } },
      { startNs: 60, endNs: 70, phase: 'drain', fault: { index: 0, isOver: true } },
    ]);
  });

  it('are told to every actor, and to one that comes later at once', () => {
    const { at, enter } = open();
    const first = enter();
    at(10, (the) => the.phase('load'));
    at(30, (the) => the.faultStarted(0, 30));
    const successor = enter();
    at(40, (the) => the.faultStopped(0, 40));
    expect(first).toEqual([0, 0, 1, 2]);
    expect(successor).toEqual([1, 2]);
  });

  it('are found by the times of a history that is read afterwards', () => {
    const { windows, at } = open();
    at(10, (the) => the.phase('load'));
    at(30, (the) => the.faultStarted(0, 30));
    at(40, (the) => the.faultStopped(0, 40));
    expect([5, 10, 29, 30, 39, 40, 99].map((timeNs) => windows.at(timeNs))).toEqual([
      0, 0, 0, 1, 1, 2, 2,
    ]);
  });

  it('are not more than there is room for, however many stages a load has', () => {
    const { windows, at } = open();
    at(0, (the) => the.phase('load'));
    for (let stage = 0; stage < 1_000; stage += 1) at(stage, (the) => the.stage(stage));
    at(2_000, (the) => the.phase('drain'));
    const epochs = windows.epochs();
    expect(epochs).toHaveLength(maximumStages + 3);
    expect(epochs.at(-2)).toMatchObject({ phase: 'load', stage: -1 });
    expect(epochs.at(-1)).toMatchObject({ phase: 'drain', stage: -1 });
  });
});
