import { describe, expect, it } from 'vitest';
import { EventKind, type EventRecord } from '../../../harness/core/events.ts';
import type { Judgement } from '../../../harness/check/judge.ts';
import { consumerA, findings, type HistoryBuilder, historyOf, judge } from './history-of.ts';

const perLane = 100;

/** A correct engine: one session, every lane in order, pulled, placed and flagged. */
function correct(): HistoryBuilder {
  const history = historyOf().open(consumerA);
  const each = (visit: (lane: number, seq: number) => void): void => {
    for (let seq = 0; seq < perLane; seq += 1) {
      for (let lane = 0; lane < 4; lane += 1) visit(lane, seq);
    }
  };
  each((lane, seq) => history.send(lane, seq, 'ok', [lane, seq]));
  each((lane, seq) => {
    const at = [lane, seq] as const;
    history.deliver(lane, seq, { at, requestedNs: history.nowNs, redelivered: false });
    history.settle(lane, seq).processed(lane, seq);
  });
  return history.drained();
}

type Mutate = (events: EventRecord[]) => EventRecord[];

const indexOf = (events: EventRecord[], kind: EventKind, lane: number, seq: number): number =>
  events.findIndex((event) => event.kind === kind && event.lane === lane && event.seq === seq);

const isConsumption = ({ kind }: EventRecord): boolean =>
  kind === EventKind.deliver ||
  kind === EventKind.settleInvoke ||
  kind === EventKind.settleSettled ||
  kind === EventKind.processDone;

const mutants: Readonly<Record<string, { readonly found: object; readonly mutate: Mutate }>> = {
  'a dropped message': {
    // Its sender was told of a place that was jumped over; nobody else shows that anything is there.
    found: { D1: '1', O4: '0+1' },
    mutate: (events) =>
      events.filter((event) => !(isConsumption(event) && event.lane === 2 && event.seq === 50)),
  },
  'a dropped tail': {
    found: { D1: '10' },
    mutate: (events) =>
      events.filter((event) => !(isConsumption(event) && event.lane === 2 && event.seq >= 90)),
  },
  'a delivery repeated after its acknowledgement': {
    found: { D6: '1', O3: '1' },
    mutate: (events) => {
      const copy = events[indexOf(events, EventKind.deliver, 1, 40)];
      const last = events.at(-1);
      if (copy === undefined || last === undefined) return events;
      const timeNs = last.timeNs + 1_000;
      return [...events, { ...copy, timeNs, auxNs: last.timeNs }];
    },
  },
  'a delivery repeated at once': {
    found: { D5: '1', O3: '1' },
    mutate: (events) => {
      const index = indexOf(events, EventKind.deliver, 1, 40);
      const copy = events[index];
      return copy === undefined ? events : events.toSpliced(index, 0, copy);
    },
  },
  'a message stored twice': {
    found: { D4: '1' },
    mutate: (events) => {
      const copy = events[indexOf(events, EventKind.deliver, 1, 40)];
      const last = events.at(-1);
      if (copy === undefined || last === undefined) return events;
      const second = { ...copy, timeNs: last.timeNs, positionMajor: 1_000 };
      return events.toSpliced(-1, 0, second);
    },
  },
  'two messages of a lane swapped': {
    found: { O2: '1', O3: '1' },
    mutate: (events) =>
      events.map((event) => {
        if (!isConsumption(event) || event.lane !== 3) return event;
        if (event.seq !== 20 && event.seq !== 21) return event;
        return { ...event, seq: 41 - event.seq, positionMajor: 41 - event.seq };
      }),
  },
  'a message of an unknown lane': {
    found: { D7: '1' },
    mutate: (events) =>
      events.flatMap((event, index) =>
        index === indexOf(events, EventKind.deliver, 0, 7)
          ? [event, { ...event, lane: 99 }]
          : event,
      ),
  },
  'a message beyond its lane': {
    found: { D7: '1' },
    mutate: (events) =>
      events.flatMap((event, index) =>
        index === indexOf(events, EventKind.deliver, 0, 7)
          ? [event, { ...event, seq: perLane + 3 }]
          : event,
      ),
  },
  'a delivered message whose send was refused': {
    found: { D8: '1' },
    mutate: (events) => {
      const index = indexOf(events, EventKind.sendSettled, 0, 60);
      return events.map((event, at) => (at === index ? { ...event, outcome: 2, flags: 0 } : event));
    },
  },
  'a damaged body': {
    found: { D9: '1' },
    mutate: (events) =>
      events.flatMap((event, index) =>
        index === indexOf(events, EventKind.deliver, 0, 60)
          ? [{ ...event, kind: EventKind.corrupted, detail: 4 }, event]
          : event,
      ),
  },
  'a crash with a message in hand': {
    found: { D10: '1' },
    mutate: (events) => {
      const without = events.filter(
        (event) =>
          !(isConsumption(event) && event.kind !== EventKind.deliver) ||
          event.lane !== 3 ||
          event.seq !== perLane - 1,
      );
      const drained = without.at(-1);
      if (drained === undefined) return events;
      const crash = { ...drained, kind: EventKind.crashed, actor: consumerA.actor };
      return [...without.slice(0, -1), crash, drained];
    },
  },
  'an unanswered send that never arrives': {
    found: { D12: '1' },
    mutate: (events) =>
      events.filter(
        (event) =>
          event.lane !== 0 ||
          event.seq !== 30 ||
          !(isConsumption(event) || event.kind === EventKind.sendSettled),
      ),
  },
};

const judged = (events: readonly EventRecord[]): Judgement =>
  judge(events, { placed: true, leased: false });

describe('a planted fault', () => {
  it('is not found in the history without one', () => {
    const judgement = judged(correct().events);
    expect(findings(judgement)).toEqual({});
    expect(judgement.irregularities).toEqual([]);
  });

  it.each(Object.keys(mutants))(
    '%s is found by its own check and what follows from it alone',
    (name) => {
      const mutant = mutants[name];
      const judgement = judged(mutant?.mutate(correct().events) ?? []);
      expect(findings(judgement)).toEqual(mutant?.found);
      expect(judgement.irregularities).toEqual([]);
    },
  );
});
