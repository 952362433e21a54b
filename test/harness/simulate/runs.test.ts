import { describe, expect, it } from 'vitest';
import { simulation } from '../../../engines/log/simulation/simulation.ts';
import { checkModules } from '../../../harness/check/catalog.ts';
import { LaneTable } from '../../../harness/check/state/lane-table.ts';
import { MessageState } from '../../../harness/check/state/message-state.ts';
import { eachOfRun } from '../../../harness/core/event-run.ts';
import { EventKind } from '../../../harness/core/events.ts';
import type { CellFacts } from '../../../harness/core/facts.ts';
import { invariant } from '../../../harness/core/errors.ts';
import { Judging, type Seen } from '../../../harness/simulate/judged.ts';
import { EngineWorld } from '../../../harness/simulate/simulated-world.ts';
import { expectAlike } from '../check/judged-alike.ts';

const batched = simulation.onNodes?.(3).inBatches?.(16);
const rules = [undefined, ...Object.keys(batched?.rules ?? {})];

interface Played {
  readonly facts: CellFacts;
  readonly inRuns: Seen;
  readonly oneByOne: Seen;
}

function play(seed: number, broken: string | undefined): Played {
  let judges: { facts: CellFacts; inRuns: Judging; oneByOne: Judging } | undefined;
  const world = new EngineWorld({ seed, broken }, (facts) => {
    const [inRuns, oneByOne] = [new Judging(facts), new Judging(facts)];
    judges = { facts, inRuns, oneByOne };
    return {
      addLanes: (span) => {
        inRuns.addLanes(span);
        oneByOne.addLanes(span);
      },
      fold: (event, count) => {
        inRuns.fold(event, count);
        eachOfRun(event, count, (one) => oneByOne.fold(one));
      },
    };
  });
  batched?.play(world);
  invariant(judges !== undefined, 'nothing was played');
  const { facts, inRuns, oneByOne } = judges;
  return { facts, inRuns: inRuns.finish(), oneByOne: oneByOne.finish() };
}

describe('a history in batches', () => {
  it('is judged as its events are one after the other, whatever is broken', () => {
    let found = 0;
    for (const [index, broken] of rules.entries()) {
      for (const seed of [index + 1, index + 101]) {
        const { inRuns, oneByOne } = play(seed, broken);
        expectAlike(inRuns, oneByOne);
        found += inRuns.found.length;
      }
    }
    expect(found).toBeGreaterThan(0);
  });

  it('meets no check that would have its runs shown one by one', () => {
    const { facts } = play(1, undefined);
    const state = new MessageState(facts, new LaneTable(), (_thing, number) => String(number));
    const checks = checkModules
      .filter((module) => module.applies(facts) === undefined)
      .map((module) => module.create(state, 1));
    const ofMessages = new Set<EventKind>([
      EventKind.sendInvoke,
      EventKind.sendSettled,
      EventKind.deliver,
      EventKind.processStart,
      EventKind.processDone,
      EventKind.settleInvoke,
      EventKind.settleSettled,
    ]);
    const slow = [...checks, ...state.parts].filter(({ takesRuns, listensTo }) => {
      return takesRuns !== true && listensTo.some((kind) => ofMessages.has(kind));
    });
    expect(slow).toEqual([]);
  });
});
