import { describe, expect, it } from 'vitest';
import { noSkew } from '../../../engines/embedded/simulation/clock.ts';
import { Ledger } from '../../../engines/queue/simulation/ledger.ts';
import { plainManner } from '../../../engines/queue/simulation/manner.ts';
import { EventKind } from '../../../harness/core/events.ts';
import { plainFacts } from '../../../harness/core/facts.ts';
import { keptWorld } from '../../harness/simulate/played-bytes.ts';

const broker = { lives: 1 };

/** Two messages, kept for 50 ms, sent at 0 and stored; at `lookMs` the queue has so many. */
function excused(lookMs: number, depth: number, skew = noSkew): readonly number[] {
  const { world, events } = keptWorld({ seed: 1, broken: undefined });
  const manner = { ...plainManner, retentionMs: 50 };
  const ledger = new Ledger(world, manner, skew, broker, () => true);
  world.agenda.at(0, () => {
    for (const seq of [0, 1]) {
      ledger.sent({ lane: 1, seq }, 1, 0);
      ledger.stored({ lane: 1, seq }, seq + 1);
    }
  });
  world.agenda.at(lookMs * 1e6, () => ledger.look(depth));
  world.run({
    facts: plainFacts,
    isLoaded: () => true,
    isDrained: () => true,
    afterDrain: () => ledger.writeExcuses(),
  });
  const seqs = events.filter(({ kind }) => kind === EventKind.expired).map(({ seq }) => seq);
  expect(world.wrongs.has('a message was gone before its time')).toBe(seqs.length === 0);
  return seqs;
}

describe('what retention of a queue excuses', () => {
  it('is everything that was there for as long as it had to be', () => {
    expect(excused(49, 2)).toEqual([0, 1]);
    expect(excused(51, 0)).toEqual([0, 1]);
  });

  it('is nothing of which one was missing before its time', () => {
    expect(excused(49, 1)).toEqual([]);
  });

  it('comes earlier by what the broker’s clock may run fast', () => {
    expect(excused(49, 1, { drift: 0.1, apartMs: 0 })).toEqual([0, 1]);
  });
});
