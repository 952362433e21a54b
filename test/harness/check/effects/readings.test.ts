import { describe, expect, it } from 'vitest';
import { awaitingKept } from '../../../../harness/check/effects/committed-inputs.ts';
import { EventKind, type EventRecord, OutcomeCode } from '../../../../harness/core/events.ts';
import {
  consumerA,
  findings,
  type HistoryBuilder,
  historyOf,
  judge,
  only,
  resultOf,
} from '../history-of.ts';

const sink = { sinks: [{ name: 'db' }] };
const readBack: Partial<EventRecord> = { kind: EventKind.sinkComplete };
const row = (seq: number, copies = 1): Partial<EventRecord> => ({
  kind: EventKind.sinkRead,
  lane: 0,
  seq,
  ref: copies,
});
const effect = (seq: number, outcome: keyof typeof OutcomeCode = 'ok'): Partial<EventRecord> => ({
  kind: EventKind.effectApplied,
  ...consumerA,
  group: 0,
  lane: 0,
  seq,
  outcome: OutcomeCode[outcome],
});
const found = (history: HistoryBuilder): object => findings(judge(history, sink));

/** Two messages, each worked on and with its effect. */
const worked = (...outcomes: (keyof typeof OutcomeCode)[]): HistoryBuilder => {
  const history = historyOf().sendAll(0, 2).deliver(0, 0).deliver(0, 1);
  for (const outcome of outcomes) history.add(effect(0, outcome));
  return history.processed(0, 0).add(effect(1)).processed(0, 1).drained();
};
const whole = (history: HistoryBuilder): HistoryBuilder =>
  history.add(row(0)).add(row(1)).add(readBack);

describe('a reading back', () => {
  it('does not acquit an application that came after it', () => {
    expect(found(whole(worked('ok')).add(effect(0)))).toEqual({ E2: '1' });
    const passed = worked('ok').add(row(0)).add(effect(0)).add(row(1)).add(readBack);
    expect(found(passed)).toEqual({ E2: '1' });
  });

  it('accuses nobody of the first answer, or of a recognised repetition, after it', () => {
    expect(found(whole(worked()).add(effect(0)))).toEqual({});
    expect(found(whole(worked('ok')).add(effect(0, 'fail')))).toEqual({});
  });

  it('leaves open whether an application of unknown outcome after it was a second', () => {
    expect(found(whole(worked('ok')).add(effect(0, 'unknown')))).toEqual({ E2: 'undecided' });
  });

  it('proves two copies, and is an irregularity, where its end is missing', () => {
    const judgement = judge(worked('ok').add(row(0, 2)).add(row(1)), sink);
    expect(findings(judgement)).toEqual({ E2: '1' });
    expect(judgement.irregularities).toEqual([
      'sink db was read back, and the end of the reading (sink.complete) is missing',
    ]);
  });

  it('may be repeated: each counts its own copies, and the most of them count', () => {
    const twice = whole(whole(worked('ok')));
    expect(found(twice)).toEqual({});
    expect(judge(twice, sink).irregularities).toEqual([]);
    const more = whole(worked('ok')).add(row(0, 2)).add(row(1)).add(readBack);
    expect(found(more)).toEqual({ E2: '1' });
    expect(found(whole(worked('ok').add(row(0, 2)).add(row(1)).add(readBack)))).toEqual({
      E2: '1',
    });
  });

  it('that is repeated decides of what came between', () => {
    expect(found(whole(whole(worked('ok')).add(effect(0))))).toEqual({});
  });
});

describe('without a reading back', () => {
  it('answers that are all unknown show nothing, neither lost nor kept', () => {
    const judgement = judge(worked('unknown'), sink);
    expect(findings(judgement)).toEqual({ E1: 'undecided' });
    const { reason } = { reason: '', ...resultOf(judgement, 'E1') };
    expect(reason).toBe(
      '1 effect was answered by nothing but unknown outcomes, and the sink was not read back',
    );
  });

  it.each([
    ['ok', 'unknown'],
    ['unknown', 'ok'],
  ] as const)('an answer %s and an answer %s may be two effects', (first, second) => {
    expect(found(worked(first, second))).toEqual({ E2: 'undecided' });
    expect(found(whole(worked(first, second)))).toEqual({});
  });

  it('a second unknown answer may be a second effect', () => {
    expect(found(worked('unknown', 'unknown'))).toEqual({ E1: 'undecided', E2: 'undecided' });
  });
});

describe('a commit of an offset', () => {
  const placed = { ...sink, offsets: true, placed: true };
  const commit = (position: number, more: Partial<EventRecord> = {}): Partial<EventRecord> => ({
    kind: EventKind.offsetCommitSettled,
    ...consumerA,
    group: 0,
    positionMajor: position,
    outcome: OutcomeCode.ok,
    ...more,
  });
  const read = (count: number): HistoryBuilder => {
    const history = historyOf().sendAll(0, count);
    for (let seq = 0; seq < count; seq += 1) history.deliver(0, seq, { at: [0, seq] });
    return history;
  };
  const lost = (history: HistoryBuilder): unknown => {
    const result = resultOf(judge(history, placed, only('E1')), 'E1');
    return result.status === 'decided' ? [result.count, result.exposure] : result;
  };

  it('owes the sink an effect of each delivery below it', () => {
    const history = read(4).add(effect(0)).add(commit(3)).drained();
    expect(lost(history.add(row(0)).add(readBack))).toEqual([2, 3]);
  });

  it('settles a delivery that comes after it as well', () => {
    const history = historyOf()
      .sendAll(0, 1)
      .add(commit(1))
      .deliver(0, 0, { at: [0, 0] });
    expect(lost(history.drained().add(readBack))).toEqual([1, 1]);
  });

  it.each([
    ['was refused', { outcome: OutcomeCode.fail }],
    ['has an unknown outcome', { outcome: OutcomeCode.unknown }],
    ['is of another scope', { scope: 1 }],
    ['stands in a transaction, whose end settles its inputs', { seq: 7 }],
  ])('settles nothing where it %s', (_, more) => {
    expect(lost(read(2).add(commit(2, more)).drained().add(readBack))).toEqual([0, 0]);
  });

  it('owes nothing for what was dead-lettered before it was passed', () => {
    const gone = { kind: EventKind.deadLettered, group: 0, lane: 0, seq: 1 };
    const history = read(2).add(effect(0)).add(gone).add(commit(2)).drained();
    expect(lost(history.add(row(0)).add(readBack))).toEqual([0, 1]);
  });

  it('owes a reading nothing that it settles after it', () => {
    expect(lost(read(2).add(readBack).add(commit(2)).drained())).toEqual([0, 0]);
  });

  it('leaves E1 undecided where more deliveries await it than are kept', () => {
    const history = read(awaitingKept + 2);
    for (let seq = 0; seq < awaitingKept + 1; seq += 1) history.add(row(seq));
    expect(lost(history.add(readBack).drained())).toEqual({
      status: 'undecided',
      check: 'E1',
      reason:
        'more than 65,536 deliveries awaited a commit at once: 1 delivery without an effect may have been settled',
    });
  });
});
