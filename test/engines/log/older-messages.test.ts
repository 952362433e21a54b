import { describe, expect, it } from 'vitest';
import type { TopicPolicy } from '../../../engines/embedded/log/topic-policy.ts';
import { OlderMessages } from '../../../engines/log/simulation/older-messages.ts';
import { EventKind } from '../../../harness/core/events.ts';
import { plainFacts } from '../../../harness/core/facts.ts';
import { keptWorld } from '../../harness/simulate/played-bytes.ts';

const skip = { group: 0, partition: 0, from: 0, start: 2, end: 10 };

/** Messages 0, 1, 2 … of lane 1, sent 10 ms apart and stored where they belong; then `act`. */
function excusedBy(
  cleanup: TopicPolicy['cleanup'],
  act: (older: OlderMessages) => void,
  apartMs = 0,
): readonly number[] {
  const { world, events } = keptWorld({ seed: 1, broken: undefined });
  const older = new OlderMessages(world, { segmentBytes: 100, cleanup }, 1, apartMs);
  for (let seq = 0; seq < 4; seq += 1) {
    world.agenda.at(seq * 10e6, () => {
      older.sent({ lane: 1, seq, count: 1 });
      older.stored({ lane: 1, seq, count: 1 }, 0, seq);
    });
  }
  world.agenda.at(65e6, () => act(older));
  world.run({
    facts: plainFacts,
    isLoaded: () => true,
    isDrained: () => true,
    afterDrain: () => older.writeExcuses(),
  });
  return events.filter(({ kind }) => kind === EventKind.expired).map(({ seq }) => seq);
}

describe('which messages a group may miss', () => {
  const byTime = { kind: 'delete', ms: 60, bytes: undefined } as const;

  it('are those that were old enough when their reader found the partition to begin behind them', () => {
    expect(excusedBy(byTime, (older) => older.skipped(skip))).toEqual([0]);
    expect(excusedBy(byTime, (older) => older.skipped(skip), 10)).toEqual([0, 1]);
    expect(excusedBy(byTime, (older) => older.skipped({ ...skip, from: 1 }))).toEqual([]);
    expect(excusedBy(byTime, () => {})).toEqual([]);
  });

  it('are those behind which there may be as many bytes as the topic keeps', () => {
    const byBytes = { kind: 'delete', ms: undefined, bytes: 9 * 28 } as const;
    expect(excusedBy(byBytes, (older) => older.skipped(skip))).toEqual([0, 1]);
    expect(excusedBy(byBytes, (older) => older.skipped({ ...skip, end: 9 }))).toEqual([0]);
  });

  it('are never the newest of a key', () => {
    const compacted = { kind: 'compact', tombstoneMs: 1_000 } as const;
    // Three keys of a lane: 0 and 3 have the same.
    expect(excusedBy(compacted, () => {})).toEqual([0]);
  });

  it('are none where everything is kept', () => {
    expect(excusedBy({ kind: 'keep' }, (older) => older.skipped(skip))).toEqual([]);
  });
});
