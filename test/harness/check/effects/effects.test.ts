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
    expect(found(lostAnswer)).toMatchObject({ E1: 'undecided' });
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
