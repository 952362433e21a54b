import { afterAll, describe, expect, it } from 'vitest';
import type { ConsumerActorSpec } from '../../../harness/actors/actor.ts';
import { routesOf } from '../../../harness/actors/outgoing-batch.ts';
import { CorruptionCode, EventKind } from '../../../harness/core/events.ts';
import type { ConsumerScript, ScriptedCopy } from './fixtures/script.ts';
import {
  clearStage,
  consumerSpec,
  linesOf,
  payloadBytes,
  playConsumer,
  run,
  spawn,
} from './stage.ts';

afterAll(clearStage);

const copy = (lane: number, seq: number, more: Partial<ScriptedCopy> = {}): ScriptedCopy => ({
  lane,
  seq,
  ...more,
});

function spec(
  { batches }: Pick<ConsumerScript, 'batches'>,
  changes: Partial<ConsumerActorSpec> = {},
): ConsumerActorSpec {
  const consumer = { run, payloadBytes, ackReply: 'each', batches } as const;
  return consumerSpec({ consumer }, changes);
}

describe('a key', () => {
  it('that is not the one of the lane is a corruption, and so is one that is gone', async () => {
    const batches = [
      [
        copy(1, 0, { key: 'k1' }),
        copy(1, 1, { key: 'k2' }),
        copy(1, 2),
        copy(3, 0, { key: 'k1' }),
        copy(2, 0, { key: 'k' }),
      ],
    ];
    const { events } = await playConsumer(spec({ batches }, { keys: 2 }), 5);
    const reported = events.filter((event) => event.kind === EventKind.corrupted);
    expect(reported.map(({ detail, lane, seq }) => [detail, lane, seq])).toEqual([
      [CorruptionCode.key, 1, 1],
      [CorruptionCode.key, 1, 2],
      [CorruptionCode.key, 2, 0],
    ]);
    expect(linesOf(events, 'deliver')).toHaveLength(5);
  });

  it('is the same for producers and consumers', () => {
    const { key } = routesOf('key', 3);
    expect(key.map(String)).toEqual(['k0', 'k1', 'k2']);
  });
});

describe('a copy that is said to be requested', () => {
  it.each([
    ['later than it came', 1e18],
    ['at no time', Number.NaN],
  ])('%s breaks the contract', async (_, requestedNs) => {
    const actor = await spawn(spec({ batches: [[copy(1, 0, { requestedNs })]] }));
    actor.start(0);
    expect(await actor.ended).toMatchObject({
      how: 'failed',
      error: { code: 'ENGINE_BROKE_CONTRACT' },
    });
  });
});
