import { describe, expect, it } from 'vitest';
import type { CheckResult, Culprit } from '../../../harness/check/check.ts';
import { zoom } from '../../../harness/check/zoom.ts';
import { EventKind, noGroup } from '../../../harness/core/events.ts';
import { witness as witnessSchema, type WitnessRecord } from '../../../harness/record/schema.ts';
import { consumerA, consumerB, type HistoryBuilder, historyOf, producer } from './history-of.ts';

const names = {
  actorName: (actor: number) => ['harness', 'p', 'c1', 'c2'][actor] ?? '?',
  outcomeName: String,
};

type About = Culprit extends infer C
  ? C extends Culprit
    ? Omit<C, 'note' | 'group'>
    : never
  : never;

function witnessOf(history: HistoryBuilder, about: About, group = noGroup): WitnessRecord {
  const culprit = { group, note: 'a note', ...about } as Culprit;
  const result: CheckResult = {
    status: 'decided',
    check: 'O3',
    count: 1,
    possible: 0,
    exposure: 1,
    classes: {},
    culprits: [culprit],
  };
  const [made] = zoom([result], (visit) => history.events.forEach(visit), names).get('O3') ?? [];
  expect(witnessSchema.parse(made)).toEqual(made);
  return made as WitnessRecord;
}

const shown = ({ events }: WitnessRecord): readonly string[] =>
  events.map(({ kind, message }) => `${kind} ${message}`.trimEnd());

describe('the witness of a finding about', () => {
  it('a scope shows what was placed, owned and committed there around that instant', () => {
    const history = historyOf().open(consumerA);
    history.add({ kind: EventKind.assigned, ...consumerA, group: 0, scope: 3, ref: 1 });
    history.send(0, 0, 'ok', [3, 10]).send(0, 1, 'ok', [4, 10]);
    history.deliver(0, 0, { at: [3, 10] }).deliver(0, 1, { at: [4, 10] });
    const atNs = history.nowNs;
    history.add({
      kind: EventKind.offsetCommitInvoke,
      ...consumerA,
      group: 0,
      scope: 3,
      positionMajor: 11,
    });
    history.deliver(0, 0, { at: [3, 10], group: 1 });
    const witness = witnessOf(history, { about: 'scope', scope: 3, atNs }, 0);
    expect(witness).toMatchObject({ subject: 'scope 3', message: '', readers: ['c1'] });
    expect(shown(witness)).toEqual([
      'session.opened',
      'group.assigned',
      'send.settled 0:0',
      'deliver 0:0',
      'commit.offset.invoke',
    ]);
  });

  it('a transaction shows its ends, and what became of the messages that it sent', () => {
    const history = historyOf();
    history.add({ kind: EventKind.transactionBegin, actor: producer, ref: 5 });
    history.add({ kind: EventKind.sendInvoke, actor: producer, lane: 0, seq: 0, ref: 5 });
    history.add({ kind: EventKind.sendInvoke, actor: producer, lane: 0, seq: 1, ref: 6 });
    history.settled(0, 0, 'ok').settled(0, 1, 'ok');
    history.add({ kind: EventKind.transactionEndInvoke, actor: producer, ref: 5, detail: 2 });
    history.deliver(0, 0, { to: consumerB }).deliver(0, 1);
    const witness = witnessOf(history, { about: 'transaction', transaction: 5 });
    expect(witness).toMatchObject({ subject: 'transaction 5', writers: ['p'], readers: ['c2'] });
    expect(shown(witness)).toEqual([
      'tx.begin',
      'send.invoke 0:0',
      'send.settled 0:0',
      'tx.end.invoke',
      'deliver 0:0',
    ]);
  });

  it('an actor shows what it did around that instant, the nearest first where there is no room', () => {
    const history = historyOf();
    for (let seq = 0; seq < 100; seq += 1)
      history.deliver(0, seq).deliver(1, seq, { to: consumerB });
    const atNs = history.events[100]?.timeNs ?? 0;
    const witness = witnessOf(history, { about: 'actor', actor: consumerA.actor, atNs });
    expect(witness).toMatchObject({ subject: 'c1', eventsTotal: 100 });
    expect(witness.events).toHaveLength(24);
    expect(witness.events[11]).toMatchObject({ timeNs: atNs, message: '0:50' });
  });

  it('the cell shows its last progress, its next, and the faults that were active then', () => {
    const history = historyOf().send(0, 0);
    history
      .add({ kind: EventKind.faultStarted, ref: 0 })
      .add({ kind: EventKind.faultStarted, ref: 1 });
    history.add({ kind: EventKind.faultStopped, ref: 0 });
    const atNs = history.nowNs + 500;
    history.wait(1e9).send(0, 1);
    const witness = witnessOf(history, { about: 'cell', atNs });
    expect(witness.faults).toEqual([{ name: '2', startedNs: 4_000, stoppedNs: null }]);
    expect(shown(witness)).toEqual([
      'send.invoke 0:0',
      'send.settled 0:0',
      'fault.start',
      'fault.start',
      'fault.stop',
      'send.invoke 0:1',
      'send.settled 0:1',
    ]);
  });
});

describe('the witness of a message', () => {
  it('names its writer, its readers, its neighbours and the faults of its time', () => {
    const history = historyOf();
    history
      .add({ kind: EventKind.faultStarted, ref: 0 })
      .add({ kind: EventKind.faultStopped, ref: 0 });
    history.sendAll(0, 3).add({ kind: EventKind.faultStarted, ref: 1 });
    history.deliver(0, 0).deliver(0, 1).deliver(0, 2).deliver(0, 1, { to: consumerB });
    expect(witnessOf(history, { about: 'message', lane: 0, seq: 1 }, 0)).toMatchObject({
      subject: 'message 0:1',
      writers: ['p'],
      readers: ['c1', 'c2'],
      neighbours: ['0:0', '0:2'],
      faults: [{ name: '2', stoppedNs: null }],
    });
  });
});
