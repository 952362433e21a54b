import { describe, expect, it } from 'vitest';
import { emptyEvent, EventKind, type EventRecord } from '../../../harness/core/events.ts';
import { plainFacts } from '../../../harness/core/facts.ts';
import { readHistory } from '../../../harness/history/reader.ts';
import { idsFound, type JudgedLines, judgeLines } from '../check/judge-lines.ts';
import { MemoryDisk } from '../history/memory-disk.ts';
import { importLines } from '../../../harness/import/import-lines.ts';
import { delivered, drained, header, healthy, lines, sent } from './lines-of.ts';

function eventsOf({ disk }: JudgedLines): readonly EventRecord[] {
  const events: EventRecord[] = [];
  readHistory('scratch', disk, (event) => events.push({ ...event }));
  return events;
}

function reasons(...text: readonly string[]): readonly string[] {
  return judgeLines([header, ...text]).problems.first.map(({ reason }) => reason);
}

describe('a line that is no event is told with its number and how to mend it:', () => {
  it.each([
    ['{"kind":"deliver"', 'it is no JSON'],
    ['[1]', 'it is no JSON object'],
    ['{"timeMs":1}', 'it has no "kind"'],
    ['{"kind":"delivr","timeMs":1}', 'there is no kind "delivr"; did you mean deliver?'],
    [
      '{"kind":"deliver","timeMs":1,"actor":"c","group":"g","lane":"a","seqq":0}',
      'deliver needs "seq"; deliver has no field "seqq"; did you mean seq?',
    ],
    [
      '{"kind":"deliver","timeMs":"1","actor":"c","group":"g","lane":"a","seq":0}',
      '"timeMs": expected number, received string',
    ],
    [
      '{"kind":"send.settled","timeMs":1,"actor":"p","lane":"a","seq":0,"outcome":"okay"}',
      '"outcome": expected one of "ok"|"fail"|"unknown"',
    ],
    [
      '{"kind":"deliver","timeMs":1,"actor":"c","group":"g","lane":"a","seq":0,"position":[1]}',
      '"position": must be a whole number, or two such as [ledger, entry]',
    ],
    [
      '{"kind":"bind","timeMs":1,"group":"g","route":"r","stage":"settled"}',
      'route "r" is not among the header\'s routes',
    ],
    ['{"kind":"fault.stop","timeMs":1,"fault":"kill"}', 'fault "kill" stops and never started'],
    [header, 'a header stands in the first line only'],
  ])('%s', (line, why) => {
    const [reason, ...more] = reasons(line);
    expect(reason).toContain(why);
    expect(more).toEqual([]);
  });

  it('with the file and the line', () => {
    const { problems } = judgeLines([...lines(...healthy), 'nonsense']);
    expect(problems.first).toMatchObject([{ file: 'a.ndjson', line: 9 }]);
    expect(problems).toMatchObject({ lines: 9, malformed: 1 });
  });

  it('and of many the first twenty, with how many there are', () => {
    const { problems } = judgeLines([header, ...Array.from({ length: 57 }, () => '{}')]);
    expect(problems.first).toHaveLength(20);
    expect(problems).toMatchObject({ lines: 58, malformed: 57 });
  });

  it('when its time goes back, or it is of another run', () => {
    expect(
      reasons(
        ...healthy.map((event) => JSON.stringify(event)),
        '{"kind":"crash","timeMs":1,"actor":"c"}',
      ),
    ).toEqual(['time goes back, from 90 ms to 1 ms']);
    const { problems } = judgeLines([
      '{"kind":"history","version":1,"run":"r1"}',
      '{"kind":"crash","timeMs":1,"actor":"c","run":"r1"}',
      '{"kind":"crash","timeMs":2,"actor":"c","run":"r2"}',
    ]);
    expect(problems.first).toMatchObject([
      { line: 3, reason: 'it is an event of run r2, and this is r1' },
    ]);
  });
});

describe('a file that cannot be a whole history is told as such when it', () => {
  const problemsOf = (text: string): readonly string[] => {
    const disk = new MemoryDisk();
    disk.create('h').write(Buffer.from(text), 0);
    const { problems } = importLines([{ path: 'h', name: 'h.ndjson' }], disk, 'scratch');
    return problems.ofHistory;
  };

  it.each([
    ['is empty', '', 'h.ndjson is empty'],
    ['is cut off within a line', `${header}\n{"kind":"deli`, 'h.ndjson is cut off in line 2'],
    ['has no header', '{"kind":"crash","timeMs":1,"actor":"c"}\n', 'h.ndjson has no header'],
  ])('%s', (_what, text, why) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(why)]);
  });

  it('but not for a byte order mark before its first line', () => {
    expect(problemsOf(`\ufeff${header}\n{"kind":"crash","timeMs":1,"actor":"c"}\n`)).toEqual([]);
    const { problems } = judgeLines([header, '\ufeff{"kind":"crash","timeMs":1,"actor":"c"}']);
    expect(problems.first).toMatchObject([{ line: 2 }]);
  });

  it('but not when only its last line end is missing, or for blank lines', () => {
    expect(problemsOf(`${header}\n\n{"kind":"crash","timeMs":1,"actor":"c"}`)).toEqual([]);
  });
});

describe('what a header leaves out follows from the events:', () => {
  const factsWith = (...events: readonly object[]) => judgeLines(lines(...events)).sidecar.facts;
  const message = { actor: 'c', group: 'g', lane: 'a', seq: 0 };

  it('nothing of nothing', () => {
    expect(factsWith(...healthy)).toEqual({ ...plainFacts, groups: plainFacts.groups });
  });

  it.each([
    ['leased', { kind: 'deliver', ...message, leaseMs: 30_000 }, { leased: true }],
    ['placed', { kind: 'deliver', ...message, scope: 's', position: 4 }, { placed: true }],
    [
      'assignments',
      { kind: 'group.lost', actor: 'c', group: 'g', scope: 's' },
      { assignments: true },
    ],
    [
      'offsets',
      { kind: 'commit.offset.invoke', actor: 'c', group: 'g', scope: 's', position: 1 },
      { offsets: true },
    ],
    [
      'transactions',
      { kind: 'tx.begin', actor: 'p', transaction: 1 },
      { transactions: 'read-committed' },
    ],
    [
      'attributes',
      { kind: 'corrupt', actor: 'c', group: 'g', part: 'attributes' },
      { attributes: true },
    ],
    [
      'timed',
      { kind: 'send.invoke', actor: 'p', lane: 'a', seq: 0, expiresMs: 9 },
      { timed: true },
    ],
    ['sinks', { kind: 'sink.complete', sink: 'db' }, { sinks: [{ name: 'db' }] }],
  ])('%s', (_what, event, facts) => {
    expect(factsWith({ timeMs: 1, ...event })).toMatchObject(facts);
  });

  it('a group of dead letters is linked from both sides', () => {
    const of = (groups: object) =>
      judgeLines([JSON.stringify({ kind: 'history', version: 1, groups })]).sidecar.facts.groups;
    const linked = [
      { role: 'subscription', deadLetter: 1 },
      { role: 'dead-letter', of: 0 },
    ];
    expect(of({ g: { role: 'subscription' }, d: { role: 'dead-letter', of: 'g' } })).toMatchObject(
      linked,
    );
    expect(of({ g: { role: 'subscription', deadLetter: 'd' } })).toMatchObject(linked);
  });
});

describe('lanes', () => {
  it('are those that were sent to; what is delivered from any other is a phantom', () => {
    const judged = judgeLines(lines(...healthy.slice(0, -1), delivered(5, 'z', 0), drained));
    expect(judged.sidecar.lanes).toMatchObject([{ first: 0, count: 1 }]);
    expect(idsFound(judged.judgement)).toEqual(['D7']);
  });

  it('of one kind make one span; a number names what its digits name', () => {
    const events = [
      ...sent(1, '7', 0),
      { timeMs: 2, kind: 'send.invoke', actor: 'p', lane: 7, seq: 1 },
      ...sent(3, 'b', 0),
    ];
    const { sidecar } = judgeLines(lines(...events));
    expect(sidecar.names.lanes).toEqual(['7', 'b']);
    expect(sidecar.lanes).toMatchObject([{ first: 0, count: 2 }]);
  });

  it('that are not dense, and answers to sends that never began, make the history irregular', () => {
    const { judgement } = judgeLines(
      lines(...sent(1, 'a', 3), { ...sent(2, 'b', 0)[1], timeMs: 3 }),
    );
    expect(judgement.irregularities).toEqual([
      'lane a went from seq -1 to 3',
      'send b:0 settled but never began',
    ]);
  });
});

describe('times', () => {
  it('are kept to the nanosecond', () => {
    const [event] = eventsOf(judgeLines(lines({ timeMs: 1.000001, kind: 'crash', actor: 'c' })));
    expect(event?.timeNs).toBe(1_000_001);
  });

  it('of a wall clock count from an hour before the first', () => {
    const judged = judgeLines(
      lines(
        { timeMs: 1_800_000_000_000.5, kind: 'crash', actor: 'c' },
        { timeMs: 1_800_000_000_001, kind: 'crash', actor: 'c' },
      ),
    );
    const [first, second] = eventsOf(judged).map(({ timeNs }) => timeNs);
    expect(judged.sidecar.originMs).toBe(1_799_996_400_000);
    expect((second ?? 0) - (first ?? 0)).toBe(500_000);
  });
});

describe('operations are paired by their tickets,', () => {
  const settle = (kind: string, timeMs: number, over: object = {}) => ({
    timeMs,
    kind,
    actor: 'c',
    group: 'g',
    lane: 'a',
    seq: 0,
    how: 'acknowledge',
    ...over,
  });
  const tickets = (...events: readonly object[]) =>
    eventsOf(judgeLines(lines(...events))).map(({ ticket }) => ticket);

  it('or in order where there are none', () => {
    const [first, second, firstDone, secondDone] = tickets(
      settle('settle.invoke', 1),
      settle('settle.invoke', 2, { seq: 1 }),
      settle('settle.settled', 3, { outcome: 'ok' }),
      settle('settle.settled', 4, { seq: 1, outcome: 'ok' }),
    );
    expect(firstDone).toBe(first);
    expect(secondDone).toBe(second);
    expect(second).not.toBe(first);
  });

  it('which the history may give', () => {
    expect(tickets(settle('settle.invoke', 1, { ticket: 77 }))).toEqual([77]);
  });
});

describe('several files are one history', () => {
  const producer = lines(...sent(1, 'a', 0), ...sent(2, 'a', 1));
  const consumer = lines(delivered(1.2, 'a', 0), delivered(2.2, 'a', 1), drained);

  it('in the order of their common clock, and of the command line at one instant', () => {
    const judged = judgeLines(producer, consumer);
    expect(judged.problems.ofHistory).toEqual([]);
    expect(eventsOf(judged).map(({ kind }) => kind)).toEqual([
      EventKind.sendInvoke,
      EventKind.deliver,
      EventKind.sendSettled,
      EventKind.sendInvoke,
      EventKind.deliver,
      EventKind.sendSettled,
      EventKind.drainComplete,
    ]);
    expect(idsFound(judged.judgement)).toEqual([]);
  });

  it('of clocks that are a stated offset apart', () => {
    const early = consumer.map((line) => line.replace('"version":1', '"version":1,"offsetMs":100'));
    const times = eventsOf(judgeLines(producer, early)).map(({ timeNs }) => timeNs);
    expect(times.slice(-3)).toEqual([101_200_000, 102_200_000, 190_000_000]);
  });

  it('unless they are of two runs, or contradict each other', () => {
    const of = (facts: object) => [JSON.stringify({ kind: 'history', version: 1, ...facts })];
    expect(judgeLines(of({ run: 'x' }), of({ run: 'y' })).problems.ofHistory).toEqual([
      'b.ndjson is of run y, and x was to be read',
    ]);
    expect(
      judgeLines(of({ ackReply: 'none' }), of({ ackReply: 'each' })).problems.ofHistory,
    ).toEqual(['b.ndjson says otherwise about ackReply than the file before it']);
  });

  it('whose headers add up', () => {
    const of = (facts: object) => [JSON.stringify({ kind: 'history', version: 1, ...facts })];
    const { sidecar } = judgeLines(of({ sinks: ['a'], oneOrder: true }), of({ sinks: ['b'] }));
    expect(sidecar.facts).toMatchObject({ oneOrder: true, sinks: [{ name: 'a' }, { name: 'b' }] });
  });
});

it('a record without anything is what no line makes', () => {
  expect(eventsOf(judgeLines(lines({ timeMs: 0, kind: 'crash', actor: 'observer' })))).toEqual([
    { ...emptyEvent(), kind: EventKind.crashed },
  ]);
});
