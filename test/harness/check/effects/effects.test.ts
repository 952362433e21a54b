import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventKind, type EventRecord, OutcomeCode } from '../../../../harness/core/events.ts';
import {
  consumerA,
  consumerB,
  findings,
  type HistoryBuilder,
  historyOf,
  judge,
  resultOf,
} from '../history-of.ts';

const sink = { sinks: [{ name: 'db' }] };
type Outcome = keyof typeof OutcomeCode;

const effect = (seq: number, outcome: Outcome = 'ok', lane = 0): Partial<EventRecord> => ({
  kind: EventKind.effectApplied,
  ...consumerA,
  group: 0,
  lane,
  seq,
  outcome: OutcomeCode[outcome],
});
const inSink = (seq: number, copies = 1, lane = 0): Partial<EventRecord> => ({
  kind: EventKind.sinkRead,
  lane,
  seq,
  ref: copies,
});
const readBack: Partial<EventRecord> = { kind: EventKind.sinkComplete };
const found = (history: HistoryBuilder): object => findings(judge(history, sink));

/** Two messages, delivered and processed; nothing is drained yet. */
const processed = (): HistoryBuilder =>
  historyOf().sendAll(0, 2).deliver(0, 0).processed(0, 0).deliver(0, 1).processed(0, 1);

describe('effects', () => {
  it('are no matter of a cell without a sink', () => {
    const judgement = judge(historyOf().sendAll(0, 1).consume(0, 0).drained());
    for (const id of ['E1', 'E2', 'E3'] as const) {
      expect(resultOf(judgement, id).status).toBe('inapplicable');
    }
  });

  it('are in order when each processed message has one', () => {
    const history = processed().add(effect(0)).add(effect(1)).drained();
    expect(found(history)).toEqual({});
    expect(resultOf(judge(history, sink), 'E1')).toMatchObject({ exposure: 2 });
  });
});

describe('E1 effect lost', () => {
  it('finds a processed message that the sink does not hold', () => {
    expect(found(processed().add(effect(0)).drained().add(inSink(0)).add(readBack))).toEqual({
      E1: '1',
    });
  });

  it('finds a settled message whose consumer died before it could process it', () => {
    const history = historyOf().sendAll(0, 1).consume(0, 0).crash(consumerA).drained();
    expect(found(history)).toEqual({ E1: '1' });
  });

  it('believes the sink, not the answer that was lost', () => {
    const lostAnswer = processed().add(effect(0)).add(effect(1, 'unknown')).drained();
    expect(found(lostAnswer)).toEqual({ E1: '0+1' });
    const stands = processed().add(effect(0)).add(effect(1, 'unknown')).drained();
    expect(found(stands.add(inSink(0)).add(inSink(1)).add(readBack))).toEqual({});
  });

  it('asks nothing of what was processed after the sink had been read back', () => {
    const history = historyOf().sendAll(0, 2).deliver(0, 0).processed(0, 0).add(effect(0));
    history.add(inSink(0)).add(readBack).deliver(0, 1).processed(0, 1).settle(0, 1);
    expect(found(history.drained())).toEqual({});
  });

  it('still asks for what was settled before, however often it is settled again', () => {
    for (const outcome of ['ok', 'fail'] as const) {
      const history = historyOf().sendAll(0, 2).consume(0, 0).consume(0, 1).add(effect(1));
      history.add(inSink(1)).add(readBack).settle(0, 0, 'acknowledge', outcome).drained();
      expect(found(history)).toEqual({ E1: '1' });
    }
  });

  it('takes neither a refused acknowledgement nor an extension for work', () => {
    const history = historyOf().sendAll(0, 2).deliver(0, 0).deliver(0, 1).add(effect(1));
    history.settle(0, 1).add(inSink(1)).add(readBack);
    history.settle(0, 0, 'acknowledge', 'fail').settle(0, 0, 'extend').processed(0, 0);
    expect(found(history.drained())).toEqual({});
  });

  it('is undecided while the sink was not read back and the group not drained', () => {
    expect(found(processed().add(effect(0)))).toMatchObject({ E1: 'undecided' });
  });
});

describe('E2 effect applied twice', () => {
  const redelivered = (second: Outcome): HistoryBuilder =>
    historyOf()
      .open(consumerA)
      .sendAll(0, 1)
      .deliver(0, 0, { redelivered: false })
      .add(effect(0))
      .crash(consumerA)
      .deliver(0, 0, { to: consumerB, redelivered: true })
      .add(effect(0, second))
      .drained();

  it('finds it after one delivery and one justified redelivery, which is no D5', () => {
    expect(found(redelivered('ok'))).toEqual({ E2: '1' });
  });

  it('is not what a recognised repetition is', () => {
    expect(found(redelivered('fail'))).toEqual({});
  });

  it('believes the sink: two answers for one row are one effect', () => {
    expect(found(redelivered('ok').add(inSink(0)).add(readBack))).toEqual({});
    expect(found(redelivered('fail').add(inSink(0, 2)).add(readBack))).toEqual({ E2: '1' });
  });
});

describe('E3 effect without an input', () => {
  it('finds the effect of a message that nobody sent', () => {
    expect(found(processed().add(effect(0)).add(effect(1)).add(effect(9)).drained())).toEqual({
      E3: '1',
    });
    expect(
      found(
        processed()
          .add(effect(0))
          .add(effect(1))
          .add(effect(0, 'ok', 99))
          .drained(),
      ),
    ).toEqual({ E3: '1' });
  });

  it('finds the effect of a message that was never delivered', () => {
    const history = historyOf().send(0, 0, 'unknown').add(effect(0)).drained();
    expect(found(history)).toEqual({ D12: '1', E3: '1' });
  });

  it('holds it possible when the delivery was written down later', () => {
    const history = historyOf().sendAll(0, 1).add(effect(0)).deliver(0, 0).drained();
    expect(found(history)).toEqual({ E3: '0+1' });
  });
});

interface Step {
  readonly what: 'deliver' | 'process' | 'settle' | 'effect' | 'read';
  readonly seq: number;
  readonly outcome: 'ok' | 'fail' | 'unknown';
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom('deliver', 'deliver', 'process', 'settle', 'effect', 'effect', 'read'),
  seq: fc.nat({ max: 4 }),
  outcome: fc.constantFrom('ok', 'ok', 'fail', 'unknown'),
});

/** Definition by definition over the whole list; seq 0 to 2 were sent, 3 and 4 were not. */
function naive(steps: readonly Step[], isReadBack: boolean): Record<'E1' | 'E2' | 'E3', number> {
  const sent = [0, 1, 2];
  const of = (what: Step['what'], seq: number): readonly Step[] =>
    steps.filter((one) => one.what === what && one.seq === seq);
  const applied = (seq: number): number =>
    of('effect', seq).filter(({ outcome }) => outcome === 'ok').length;
  const copies = (seq: number): number => (isReadBack ? of('read', seq).length : applied(seq));
  const due = sent.filter((seq) => of('process', seq).length + of('settle', seq).length > 0);
  const isLost = (seq: number): boolean =>
    copies(seq) === 0 &&
    (isReadBack || !of('effect', seq).some(({ outcome }) => outcome === 'unknown'));
  const strangers = [3, 4].reduce(
    (sum, seq) =>
      sum +
      of('read', seq).length +
      of('effect', seq).filter(({ outcome }) => outcome !== 'fail').length,
    0,
  );
  const undelivered = sent.filter(
    (seq) => of('deliver', seq).length === 0 && applied(seq) + of('read', seq).length > 0,
  );
  return {
    E1: due.filter(isLost).length,
    E2: sent.filter((seq) => copies(seq) > 1).length,
    E3: strangers + undelivered.length,
  };
}

it('the checks of effects agree with their definitions on every small history', () => {
  const seen = { E1: 0, E2: 0, E3: 0 };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 14 }), fc.boolean(), (steps, isReadBack) => {
      const history = historyOf().sendAll(0, 3);
      for (const { what, seq, outcome } of steps) {
        if (what === 'deliver' && seq < 3) history.deliver(0, seq);
        else if (what === 'process') history.processed(0, seq);
        else if (what === 'settle' && seq < 3) history.settle(0, seq);
        else if (what === 'effect') history.add(effect(seq, outcome));
        else if (what === 'read') history.add(inSink(seq));
      }
      history.drained();
      if (isReadBack) history.add(readBack);
      const judgement = judge(history, sink);
      const expected = naive(steps, isReadBack);
      for (const id of ['E1', 'E2', 'E3'] as const) {
        const result = resultOf(judgement, id);
        expect([id, result.status === 'decided' ? result.count : -1]).toEqual([id, expected[id]]);
        if (expected[id] > 0) seen[id] += 1;
      }
    }),
    { numRuns: 1_000, seed: 20_261_125 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(10);
});
