import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../harness/core/events.ts';
import {
  consumerA,
  consumerB,
  findings,
  historyOf,
  judge,
  resultOf,
  twoGroups,
} from './history-of.ts';

const laterA = { actor: consumerA.actor, session: 21 };
const laterB = { actor: consumerB.actor, session: 31 };
const started = () => historyOf().open(consumerA).open(consumerB).sendAll(4, 3);
/** Everything but message 4:0, of an unordered lane, is consumed, so that nothing else is found. */
const others = (history: ReturnType<typeof started>) => history.consume(4, 1).consume(4, 2);

describe('D4 one send stored twice', () => {
  const resent = () => historyOf().open(consumerA).send(0, 0, 'unknown').invoke(0, 0, 2);

  it('finds two answers with different places', () => {
    const history = resent().settled(0, 0, 'ok', [1, 8]);
    history
      .invoke(0, 0, 3)
      .settled(0, 0, 'ok', [1, 9])
      .consume(0, 0, { at: [1, 8] })
      .drained();
    const judgement = judge(history, { placed: true });
    expect(findings(judgement)).toEqual({ D4: '1' });
    expect(resultOf(judgement, 'D4')).toMatchObject({ classes: { answered: 1 } });
  });

  it('finds two deliveries from different places, and calls neither a redelivery', () => {
    const history = resent()
      .settled(0, 0, 'ok', [1, 9])
      .consume(0, 0, { at: [1, 8] })
      .consume(0, 0, { at: [1, 9], requestedNs: 1e9 })
      .drained();
    expect(findings(judge(history, { placed: true }))).toEqual({ D4: '1' });
  });

  it('finds a delivery from another place of the same scope than its answer named', () => {
    const history = historyOf()
      .send(0, 0, 'ok', [0, 5])
      .consume(0, 0, { at: [0, 4] })
      .drained();
    expect(findings(judge(history, { placed: true }))).toEqual({ D4: '1' });
    const after = historyOf()
      .invoke(0, 0)
      .consume(0, 0, { at: [0, 4] });
    after.settled(0, 0, 'ok', [0, 5]).drained();
    expect(findings(judge(after, { placed: true }))).toEqual({ D4: '1' });
  });

  it('does not compare places of different groups, each of which may have its own queue', () => {
    const history = historyOf()
      .send(0, 0, 'ok', [9, 5])
      .consume(0, 0, { at: [0, 4] })
      .consume(0, 0, { at: [1, 7], group: 1 })
      .drained(0)
      .drained(1);
    expect(findings(judge(history, { placed: true, ...twoGroups }))).toEqual({});
  });

  it('counts a message once, however many copies there are', () => {
    const history = resent().settled(0, 0, 'ok');
    for (const position of [1, 2, 3]) history.consume(0, 0, { at: [0, position] });
    expect(findings(judge(history.drained(), { placed: true }))).toEqual({ D4: '1' });
  });

  it('finds a copy that the broker declares new, if the message was sent twice', () => {
    const history = resent()
      .settled(0, 0, 'ok')
      .consume(0, 0, { redelivered: false })
      .consume(0, 0, { redelivered: false })
      .drained();
    expect(findings(judge(history))).toEqual({ D4: '1' });
  });

  it('finds a copy stored again long after the first, whose place is not remembered any more', () => {
    const messages = 70_000;
    const history = historyOf().open(consumerA).sendAll(0, messages);
    for (let seq = 0; seq < messages; seq += 1) history.consume(0, seq, { at: [0, seq] });
    history
      .consume(0, 3, { at: [0, 3] })
      .consume(0, 4, { at: [0, messages] })
      .drained();
    expect(resultOf(judge(history, { placed: true }), 'D4')).toMatchObject({ count: 1 });
  });

  it('is undecided where nothing in the whole history tells a copy from a delivery', () => {
    const history = historyOf().open(consumerA).send(0, 0, 'ok').deliver(0, 0).consume(0, 0);
    expect(findings(judge(history.drained()))).toMatchObject({ D4: 'undecided' });
    const answered = historyOf().open(consumerA).send(0, 0, 'ok', [0, 1]);
    answered.deliver(0, 0).consume(0, 0).drained();
    expect(findings(judge(answered, { placed: true }))).toMatchObject({ D4: 'undecided' });
  });

  it('knows of repetitions inside the client', () => {
    const history = historyOf().open(consumerA).invoke(0, 0);
    history.add({ kind: EventKind.sendSettled, actor: 1, lane: 0, seq: 0, outcome: 1, ref: 2 });
    history.consume(0, 0, { redelivered: false }).consume(0, 0, { redelivered: false }).drained();
    expect(findings(judge(history))).toEqual({ D4: '1' });
  });

  it('leaves a message that was sent once to the checks of redelivery', () => {
    const history = historyOf()
      .open(consumerA)
      .send(0, 0)
      .deliver(0, 0, { redelivered: false })
      .deliver(0, 0, { redelivered: false })
      .settle(0, 0)
      .drained();
    expect(findings(judge(history))).toEqual({ D4: 'undecided', D5: '1' });
    const told = history
      .send(4, 0, 'ok', [0, 1])
      .consume(4, 0, { at: [0, 1] })
      .drained();
    expect(findings(judge(told, { placed: true }))).toEqual({ D4: '0+1', D5: '1' });
  });

  it('is undecided where neither places nor flags are known', () => {
    const history = resent().settled(0, 0, 'ok').consume(0, 0).consume(0, 0, { requestedNs: 1e9 });
    expect(findings(judge(history.drained()))).toEqual({ D4: 'undecided', D6: '0+1' });
  });

  it('takes a flagged copy, and one from the same place, for the same copy', () => {
    const flagged = resent().settled(0, 0, 'ok').deliver(0, 0, { redelivered: false });
    flagged.settle(0, 0, 'requeue').consume(0, 0, { redelivered: true }).drained();
    expect(findings(judge(flagged))).toEqual({});
    const placed = resent()
      .settled(0, 0, 'ok')
      .deliver(0, 0, { at: [0, 1] });
    placed
      .settle(0, 0, 'requeue')
      .consume(0, 0, { at: [0, 1] })
      .drained();
    expect(findings(judge(placed, { placed: true }))).toEqual({});
  });
});

describe('D5 unjustified second delivery', () => {
  it('finds one to the same session while the first is unsettled', () => {
    const history = others(started()).deliver(4, 0).deliver(4, 0, { redelivered: true });
    const judgement = judge(history.settle(4, 0).drained());
    expect(findings(judgement)).toEqual({ D5: '1' });
  });

  const justified: Readonly<Record<string, (h: ReturnType<typeof started>) => unknown>> = {
    'a requeue': (h) => h.settle(4, 0, 'requeue'),
    'a requeue that is not answered yet': (h) => h.beginSettle(4, 0, 'requeue'),
    'the end of the session': (h) => h.close(consumerA),
    'a crash': (h) => h.crash(consumerA),
    'a loss of the assignment': (h) => h.add({ kind: EventKind.lost, ...consumerA, group: 0 }),
    'a revocation': (h) => h.add({ kind: EventKind.revoked, ...consumerA, group: 0 }),
    'a seek': (h) => h.add({ kind: EventKind.seeked, ...consumerB, group: 0 }),
  };
  it.each(Object.keys(justified))('accepts %s as its reason', (reason) => {
    const history = started().deliver(4, 0);
    justified[reason]?.(history);
    history.consume(4, 0, { to: consumerB, redelivered: true });
    history.consume(4, 1, { to: consumerB }).consume(4, 2, { to: consumerB }).drained();
    expect(findings(judge(history))).toEqual({});
  });

  it('accepts the end of the lease, and doubts what came near it', () => {
    const leased = (waitNs: number) =>
      started()
        .deliver(4, 0, { leaseMs: 10, requestedNs: 0 })
        .wait(waitNs)
        .consume(4, 0, { to: consumerA, redelivered: true })
        .consume(4, 1)
        .consume(4, 2)
        .drained();
    const facts = { leased: true };
    expect(findings(judge(leased(1e6), facts))).toEqual({ D5: '1' });
    expect(findings(judge(leased(9.995e6), facts))).toEqual({ D5: '0+1' });
    expect(findings(judge(leased(11e6), facts))).toEqual({});
  });

  it('waits for a sign of life of another holder before it speaks', () => {
    const twice = () => started().deliver(4, 0).deliver(4, 0, { to: consumerB, redelivered: true });
    const rest = { to: consumerB };
    const alive = twice().consume(4, 1).consume(4, 2, rest).settle(4, 0, 'acknowledge', 'ok', rest);
    expect(findings(judge(alive.drained()))).toEqual({ D5: '1' });
    const silent = twice().settle(4, 0, 'acknowledge', 'ok', rest);
    silent.consume(4, 1, rest).consume(4, 2, rest).close(consumerA).drained();
    expect(findings(judge(silent))).toEqual({ D5: '0+1' });
    const dead = twice().settle(4, 0, 'acknowledge', 'ok', rest).crash(consumerA);
    dead.consume(4, 1, rest).consume(4, 2, rest).drained();
    expect(findings(judge(dead))).toEqual({});
  });

  it('takes a refused settlement for no sign of life', () => {
    const history = started().deliver(4, 0).deliver(4, 0, { to: consumerB, redelivered: true });
    history
      .settle(4, 0, 'acknowledge', 'fail')
      .settle(4, 0, 'acknowledge', 'ok', { to: consumerB });
    history.crash(consumerA).consume(4, 1, { to: consumerB }).consume(4, 2, { to: consumerB });
    expect(findings(judge(history.drained()))).toEqual({});
  });

  it('finds one after the settlement when nothing at all happened, though D6 is only possible', () => {
    const history = others(started().consume(4, 0)).deliver(4, 0, { redelivered: true }).drained();
    expect(findings(judge(history))).toEqual({ D5: '1', D6: '0+1' });
  });

  it('doubts one after the settlement when a consumer left in between', () => {
    const history = others(started().consume(4, 0)).close(consumerA);
    history.deliver(4, 0, { to: consumerB, redelivered: true }).drained();
    expect(findings(judge(history))).toEqual({ D5: '0+1', D6: '0+1' });
  });

  it('accepts one after a settlement that came when the lease had ended', () => {
    const history = started()
      .deliver(4, 0, { leaseMs: 1, requestedNs: 0 })
      .wait(2e6)
      .settle(4, 0)
      .deliver(4, 0, { to: consumerB, redelivered: true })
      .consume(4, 1)
      .consume(4, 2)
      .drained();
    expect(findings(judge(history, { leased: true }))).toEqual({ D6: '0+1' });
  });

  it('judges each group by itself', () => {
    const history = others(started()).consume(4, 0);
    for (const seq of [0, 1, 2]) history.consume(4, seq, { group: 1, to: consumerB });
    history.drained(0).drained(1);
    const found = findings(judge(history, twoGroups));
    expect(found).not.toHaveProperty('D5');
    expect(found).not.toHaveProperty('D6');
  });
});

describe('D6 delivered again after its acknowledgement', () => {
  it('is possible only after a seek back, which asks for what was acknowledged', () => {
    const history = started().consume(4, 0).consume(4, 1).consume(4, 2);
    history.add({ kind: EventKind.seeked, ...consumerA, group: 0 });
    history.deliver(4, 0, { requestedNs: history.nowNs, redelivered: true }).drained();
    expect(findings(judge(history))).toEqual({ D6: '0+1' });
  });

  it('finds a copy that was requested after it', () => {
    const history = started().consume(4, 0).consume(4, 1).consume(4, 2);
    const requestedNs = history.nowNs + 100;
    const judgement = judge(history.deliver(4, 0, { requestedNs, redelivered: true }).drained());
    expect(findings(judgement)).toEqual({ D6: '1' });
    expect(resultOf(judgement, 'D6')).toMatchObject({ exposure: 3 });
  });

  it('finds one requested at the very instant of its completion', () => {
    const history = started().consume(4, 0);
    const requestedNs = history.nowNs;
    history.consume(4, 1).consume(4, 2).deliver(4, 0, { requestedNs, redelivered: true });
    expect(findings(judge(history.drained()))).toEqual({ D6: '1' });
  });

  it('finds one in a session opened after it', () => {
    const history = others(started().consume(4, 0)).close(consumerB).open(laterB);
    history.deliver(4, 0, { to: laterB, redelivered: true }).drained();
    expect(findings(judge(history))).toEqual({ D6: '1' });
  });

  it('only suspects a copy that was requested before it', () => {
    const history = started().deliver(4, 0, { requestedNs: 5 });
    const requestedNs = history.nowNs;
    history.settle(4, 0).consume(4, 1).consume(4, 2);
    history.deliver(4, 0, { requestedNs, redelivered: true }).drained();
    expect(findings(judge(history))).toEqual({ D5: '1', D6: '0+1' });
  });

  it('takes finished processing for the acknowledgement where nothing settles', () => {
    const history = historyOf().open(consumerA).sendAll(4, 1).deliver(4, 0).processed(4, 0);
    history.deliver(4, 0, { requestedNs: history.nowNs, redelivered: true }).drained();
    expect(findings(judge(history, { consumption: 'automatic' }))).toEqual({ D6: '1' });
  });

  it('takes a fence for the acknowledgement, and needs one', () => {
    const history = historyOf().open(consumerA).sendAll(4, 1).deliver(4, 0).beginSettle(4, 0);
    history.close(consumerA).open(laterA).deliver(4, 0, { to: laterA, redelivered: true });
    expect(findings(judge(history.drained(), { ackReply: 'fence' }))).toEqual({});
  });

  it('is undecided where acknowledgements have no reply', () => {
    const history = historyOf().sendAll(4, 1).deliver(4, 0).beginSettle(4, 0).drained();
    expect(findings(judge(history, { ackReply: 'none' }))).toEqual({ D6: 'undecided' });
  });

  it('finds nothing when the acknowledgement failed', () => {
    const history = others(started()).deliver(4, 0).settle(4, 0, 'acknowledge', 'fail');
    history.settle(4, 0, 'requeue').consume(4, 0, { redelivered: true }).drained();
    expect(findings(judge(history))).not.toHaveProperty('D6');
  });
});
