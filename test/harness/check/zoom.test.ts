import { describe, expect, it } from 'vitest';
import { zoom } from '../../../harness/check/zoom.ts';
import { emptyEvent, EventKind, type EventRecord, noLane } from '../../../harness/core/events.ts';
import { witness as witnessSchema } from '../../../harness/record/schema.ts';
import { consumerA, consumerB, type HistoryBuilder, historyOf, judge } from './history-of.ts';

const names = {
  actorName: (actor: number) => ['harness', 'producer-1', 'consumer-1', 'consumer-2'][actor] ?? '?',
  outcomeName: (code: number) => `CODE_${code}`,
};

/** As the history shows them: one object, reused. */
function pass(history: HistoryBuilder) {
  return (visit: (event: EventRecord) => void) => {
    const reused = emptyEvent();
    for (const event of history.events) visit(Object.assign(reused, event));
  };
}

function zoomInto(history: HistoryBuilder, limits?: Parameters<typeof zoom>[3]) {
  return zoom(judge(history, { placed: true }).results, pass(history), names, limits);
}

describe('a witness', () => {
  it('tells a redelivery from its send to its second arrival, with its neighbours', () => {
    const history = historyOf().open(consumerA).open(consumerB);
    history.add({ kind: EventKind.faultStarted, ref: 0 });
    for (const seq of [0, 1, 2]) history.send(0, seq, 'ok', [3, 811 + seq]);
    for (const seq of [0, 1, 2]) history.consume(0, seq, { at: [3, 811 + seq] });
    const requestedNs = history.nowNs;
    history.deliver(0, 1, { to: consumerB, at: [3, 812], requestedNs, redelivered: false });
    const [witness] = zoomInto(history.drained()).get('D6') ?? [];
    expect(witnessSchema.parse(witness)).toEqual(witness);
    expect(witness?.message).toBe('0:1');
    expect(witness?.note).toBe('requested and delivered after its acknowledgement had completed');
    expect(witness?.events.map(({ text }) => text)).toEqual([
      'consumer-1 opens session 20',
      'consumer-2 opens session 30',
      'fault 1 begins',
      'sent by producer-1',
      'send answered ok at scope 3, position 812',
      'delivered to consumer-1 (session 20) at scope 3, position 811',
      'delivered to consumer-1 (session 20) at scope 3, position 812',
      'consumer-1 sends its acknowledgement',
      'acknowledgement by consumer-1 answered ok',
      'delivered to consumer-1 (session 20) at scope 3, position 813',
      'delivered to consumer-2 (session 30) at scope 3, position 812, not flagged as redelivered, ' +
        `requested at ${(requestedNs / 1e9).toFixed(6)} s`,
      'subscription 0 is drained',
    ]);
    expect(witness?.eventsTotal).toBe(12);
  });

  it('shows who crashed, and only what concerns the message', () => {
    const history = historyOf().open(consumerA).open(consumerB).send(4, 0).send(4, 1);
    history.deliver(4, 0).crash(consumerB).crash(consumerA).drained();
    const [witness] = zoomInto(history).get('D10') ?? [];
    expect(witness?.events.map(({ kind, actor }) => `${kind} ${actor}`)).toEqual([
      'session.opened consumer-1',
      'send.invoke producer-1',
      'send.settled producer-1',
      'deliver consumer-1',
      'crash consumer-1',
      'drain.complete harness',
    ]);
  });

  it('is bounded, keeps the beginning and the end, and says how much there was', () => {
    const history = historyOf().open(consumerA).send(0, 0);
    for (let n = 0; n < 200; n += 1) history.deliver(0, 0, { redelivered: true });
    const [witness] = zoomInto(history.drained()).get('D5') ?? [];
    expect(witness?.events).toHaveLength(24);
    expect(witness?.eventsTotal).toBe(204);
    expect(witness?.events[0]?.kind).toBe('session.opened');
    const times = witness?.events.map(({ timeNs }) => timeNs) ?? [];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const last = history.events.findLast(({ kind }) => kind === EventKind.deliver);
    expect(times).toContain(last?.timeNs);
  });

  it('is made for a bounded number of culprits of each check', () => {
    const history = historyOf().sendAll(0, 100).drained();
    expect(zoomInto(history).get('D1')).toHaveLength(5);
    const limits = { witnessesPerCheck: 2, eventsPerWitness: 1 };
    const few = zoomInto(history, limits).get('D1') ?? [];
    expect(few.map(({ events }) => events.length)).toEqual([1, 1]);
  });

  it('names outcomes by the engine’s table', () => {
    const history = historyOf().invoke(0, 0);
    history.add({ kind: EventKind.sendSettled, actor: 1, lane: 0, seq: 0, outcome: 2, code: 9 });
    const [witness] = zoomInto(history.consume(0, 0).drained()).get('D8') ?? [];
    expect(witness?.events.map(({ text }) => text)).toContain('send refused (CODE_9)');
  });

  it('exists for copies that nobody can identify', () => {
    const history = historyOf().send(0, 0).consume(0, 0).corrupt(noLane, 0, 'header').drained();
    const [witness] = zoomInto(history).get('D9') ?? [];
    expect(witness?.message).toBe('unreadable');
    expect(witness?.events.map(({ text }) => text)).toContain(
      'damaged copy at consumer-1 (session 20): its header is no header of ours',
    );
  });

  it('is made for nothing where nothing was found', () => {
    const history = historyOf().send(0, 0).consume(0, 0).drained();
    expect(zoomInto(history).size).toBe(0);
  });
});
