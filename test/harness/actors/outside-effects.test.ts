import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Holding, TransformerActorSpec } from '../../../harness/actors/actor.ts';
import type { Keying } from '../../../harness/effects/ledger.ts';
import { runningLedger } from '../effects/running-ledger.ts';
import { Entry, readLog, type ScriptedCopy } from './fixtures/script.ts';
import {
  clearStage,
  eventsOf,
  frozen,
  linesOf,
  logOf,
  payloadBytes,
  playTransformer,
  run,
  transformerSpec,
} from './stage.ts';

let ledger: Awaited<ReturnType<typeof runningLedger>>;
beforeAll(async () => {
  ledger = await runningLedger('sqlite');
});
afterAll(async () => {
  await clearStage();
  await ledger.stop();
});

const transform = {
  by: 'transaction',
  offsets: 'in-transaction',
  transactionalId: 'job-3',
  firstTransaction: 500,
} as const;

function spec(copies: readonly ScriptedCopy[], keying: Keying): TransformerActorSpec {
  const consumer = { run, payloadBytes, ackReply: 'each', batches: [copies] } as const;
  return transformerSpec({ consumer }, { transform, effects: { access: ledger.access, keying } });
}

const ended = (given: TransformerActorSpec) => (): boolean =>
  readLog(logOf(given), Entry.ended).length > 0;

/** How often the ledger holds the effect of an input. */
async function copiesOf(lane: number, seq: number): Promise<number> {
  const found = await ledger.read();
  for (let at = 0; at < found.length; at += 3) {
    if (found[at] === lane && found[at + 1] === seq) return found[at + 2] ?? 0;
  }
  return 0;
}

describe('a job with effects outside the system', () => {
  it('applies them while its transaction is open, and tells of them as of effects', async () => {
    const given = spec([{ lane: 1, seq: 7 }], 'none');
    const { events } = await playTransformer(given, ended(given));
    const told = ['tx.begin', 'effect.applied', 'send.invoke', 'tx.end.settled'];
    expect(linesOf(events, ...told)).toEqual([
      'tx.begin',
      'effect.applied 1:7 ok',
      'send.invoke 101:0',
      'tx.end.settled ok',
    ]);
    expect(await copiesOf(1, 7)).toBe(1);
  });

  it.each([
    ['effectsAlone', { sent: 0, included: 0, ended: 0 }],
    ['halfTransformed', { sent: 1, included: 0, ended: 0 }],
    ['offsetsIncluded', { sent: 1, included: 1, ended: 0 }],
    ['committed', { sent: 1, included: 1, ended: 1 }],
  ] as const)(
    'stands at %s with what comes before it, and nothing of what comes after',
    async (step, stands) => {
      const given = spec([{ lane: 2, seq: stepSeqs[step] }], 'none');
      const actor = await frozen(given, 1, step);
      await actor.crash();
      const log = logOf(given);
      expect({
        sent: readLog(log, Entry.sent).length,
        included: readLog(log, Entry.included).length,
        ended: readLog(log, Entry.ended).length,
      }).toEqual(stands);
      expect(await copiesOf(2, stepSeqs[step])).toBe(1);
      expect(actor.counters()[step]).toBe(1);
    },
  );

  it.each([
    ['none', 1, 2],
    ['with-effect', 2, 1],
    ['stored-later', 3, 2],
  ] as const)(
    'with keys %s has one %i, %i times when the input comes again after a crash',
    async (keying, seq, copies) => {
      const copy = { lane: 3, seq };
      const crashed = await frozen(spec([copy], keying), 1, 'effectsAlone');
      await crashed.crash();
      const again = spec([copy], keying);
      const { events } = await playTransformer(again, ended(again));
      const outcome = copies === 1 ? 'fail' : 'ok';
      expect(linesOf(events, 'effect.applied')).toEqual([`effect.applied 3:${seq} ${outcome}`]);
      expect(await copiesOf(3, seq)).toBe(copies);
    },
  );

  it('stores keys that are left for later when its transaction is committed', async () => {
    const copy = { lane: 5, seq: 1 };
    const first = spec([copy], 'stored-later');
    await playTransformer(first, ended(first));
    const again = spec([copy], 'stored-later');
    const { events } = await playTransformer(again, ended(again));
    expect(linesOf(events, 'effect.applied')).toEqual(['effect.applied 5:1 fail']);
    expect(await copiesOf(5, 1)).toBe(1);
  });

  it('aborts where nobody knows whether they were applied', async () => {
    const gone = await runningLedger('sqlite');
    await gone.stop();
    const batches = [[{ lane: 4, seq: 0 }]];
    const consumer = { run, payloadBytes, ackReply: 'each', batches } as const;
    const effects = { access: gone.access, keying: 'with-effect' } as const;
    const given = transformerSpec({ consumer }, { transform, effects });
    await playTransformer(given, ended(given));
    expect(linesOf(eventsOf(given.ring), 'send.invoke')).toEqual([]);
    expect(readLog(logOf(given), Entry.ended).map(([how]) => how)).toEqual([0]);
  });
});

const stepSeqs: Readonly<
  Record<Exclude<Holding, 'unsettledSends' | 'unsettledDeliveries'>, number>
> = {
  effectsAlone: 0,
  halfTransformed: 1,
  offsetsIncluded: 2,
  committed: 3,
};
