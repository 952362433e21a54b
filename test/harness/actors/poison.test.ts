import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { ConsumerActorSpec } from '../../../harness/actors/actor.ts';
import { type Poison, poisonAnswer } from '../../../harness/actors/poison.ts';
import { DeadLetterCause, EventKind, SettlementCode } from '../../../harness/core/events.ts';
import type { ScriptedCopy } from './fixtures/script.ts';
import { clearStage, consumerSpec, linesOf, payloadBytes, playConsumer, run } from './stage.ts';

afterAll(clearStage);

const everyOne: Poison = { seed: 1, oneIn: 1, answers: ['requeue'], curedAfter: 2 };

function spec(
  batches: readonly (readonly ScriptedCopy[])[],
  changes: Partial<ConsumerActorSpec>,
): ConsumerActorSpec {
  const consumer = { run, payloadBytes, ackReply: 'each', batches } as const;
  return consumerSpec({ consumer }, changes);
}

describe('which messages are poisonous', () => {
  it('is the share that was asked for, and other ones for another seed', () => {
    const chosen = (seed: number): readonly string[] =>
      Array.from({ length: 64 * 200 }, (_, at) => [at % 64, Math.floor(at / 64)] as const)
        .filter(
          ([lane, seq]) => poisonAnswer({ ...everyOne, seed, oneIn: 50 }, lane, seq) !== undefined,
        )
        .map(([lane, seq]) => `${lane}:${seq}`);
    expect(chosen(1).length).toBeGreaterThan(180);
    expect(chosen(1).length).toBeLessThan(340);
    expect(chosen(1)).toEqual(chosen(1));
    expect(chosen(2)).not.toEqual(chosen(1));
  });

  it('does not depend on who asks, and each keeps its answer', () => {
    const answers = ['requeue', 'lapse'] as const;
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 99 }), (...given) => {
        const [seed, lane, seq, oneIn] = given;
        const poison = { seed, oneIn, answers, curedAfter: 1 };
        expect(poisonAnswer(poison, lane, seq)).toBe(poisonAnswer({ ...poison }, lane, seq));
      }),
    );
    const of = (answer: string): number =>
      Array.from({ length: 1_000 }, (_, seq) =>
        poisonAnswer({ ...everyOne, answers: ['requeue', 'lapse'] }, 3, seq),
      ).filter((given) => given === answer).length;
    expect(of('requeue')).toBeGreaterThan(400);
    expect(of('lapse')).toBeGreaterThan(400);
  });
});

describe('a consumer of poisonous messages', () => {
  const one = (attempt: number): ScriptedCopy => ({ lane: 1, seq: 0, attempt });

  it('gives them back without having processed them, until somebody has repaired them', async () => {
    const given = spec([[one(1)], [one(2)], [one(3)]], { poison: everyOne });
    const { events, actor } = await playConsumer(given, 3);
    const settled = events.filter(({ kind }) => kind === EventKind.settleSettled);
    expect(settled.map(({ detail }) => detail)).toEqual([
      SettlementCode.requeue,
      SettlementCode.requeue,
      SettlementCode.acknowledge,
    ]);
    expect(linesOf(events, 'process.start')).toHaveLength(3);
    expect(linesOf(events, 'process.done')).toEqual(['process.done 1:0']);
    expect(actor.counters().unsettledDeliveries).toBe(0);
  });

  it('counts their deliveries itself where the engine does not', async () => {
    const uncounted = { lane: 1, seq: 0 };
    const given = spec([[uncounted], [uncounted], [uncounted]], { poison: everyOne });
    const { events } = await playConsumer(given, 3);
    expect(linesOf(events, 'process.done')).toEqual(['process.done 1:0']);
  });

  it('says nothing about those whose lease shall end, and does not hold them for its own', async () => {
    const poison: Poison = { ...everyOne, answers: ['lapse'] };
    const given = spec([[one(1)], [{ lane: 2, seq: 0, attempt: 3 }]], { poison });
    const { events, actor } = await playConsumer(given, 1);
    expect(linesOf(events, 'settle.invoke')).toEqual(['settle.invoke 2:0']);
    expect(actor.counters().unsettledDeliveries).toBe(0);
  });
});

describe('a consumer of dead letters', () => {
  const letter: ScriptedCopy = {
    lane: 1,
    seq: 0,
    attempt: 1,
    death: { cause: 'attempts', deliveries: 3 },
  };
  const told = async (copies: readonly ScriptedCopy[], sayWhy: boolean) => {
    const given = spec([copies], { deadLetters: { of: 0, sayWhy } });
    const { events } = await playConsumer(given, copies.length);
    return events
      .filter(({ kind }) => kind === EventKind.deadLettered)
      .map(({ group, lane, seq, detail, attempt }) => ({ group, lane, seq, detail, attempt }));
  };

  it('writes down of whom they are, why, and after how many deliveries, once each', async () => {
    const again = { ...letter, attempt: 2, redelivered: true };
    expect(await told([letter, again], true)).toEqual([
      { group: 0, lane: 1, seq: 0, detail: DeadLetterCause.attempts, attempt: 3 },
    ]);
  });

  it('misses a reason only where one was promised', async () => {
    const silent = { lane: 1, seq: 0, attempt: 1 };
    expect(await told([silent], true)).toMatchObject([{ detail: DeadLetterCause.missing }]);
    expect(await told([silent], false)).toEqual([]);
  });
});
