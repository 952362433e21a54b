import { describe, expect, it } from 'vitest';
import { defaultFailOn } from '../../../harness/gate/gate.ts';
import type { JudgedCell, RunRecord } from '../../../harness/record/schema.ts';
import { runRecord } from '../../../harness/record/schema.ts';
import type { ForeignClaim } from '../../../harness/run/foreign/claim.ts';
import {
  type CheckedHistory,
  checkHistory,
  type HistoryCheck,
} from '../../../harness/run/foreign/check-history.ts';
import { importLines } from '../../../harness/import/import-lines.ts';
import { htmlReporter } from '../../../reports/html/reporter.ts';
import { json } from '../../../reports/json/reporter.ts';
import { plainOptions } from '../../../reports/report.ts';
import { terminal } from '../../../reports/terminal/reporter.ts';
import { runOf } from '../../reports/fixtures/run.ts';
import { MemoryDisk } from '../history/memory-disk.ts';
import { delivered, drained, header, healthy, lines, sent } from '../import/lines-of.ts';

const nothing: ForeignClaim = {
  level: 'none',
  promises: [],
  minimumAcknowledged: 1,
  minimumDelivered: 1,
};
const atLeastOnce: ForeignClaim = { ...nothing, level: 'at-least-once' };

const ordered: ForeignClaim = { ...nothing, promises: ['per-key-order'] };

function checked(
  text: readonly string[] | string,
  claim: ForeignClaim = atLeastOnce,
  lenient = false,
): Promise<CheckedHistory> {
  const disk = new MemoryDisk();
  const content = typeof text === 'string' ? text : text.map((line) => `${line}\n`).join('');
  disk.create('/h.ndjson').write(Buffer.from(content), 0);
  return checkHistory({ ...checkOf(disk), claim, lenient });
}

function checkOf(disk: MemoryDisk): HistoryCheck {
  return {
    sources: [{ path: '/h.ndjson', name: 'h.ndjson' }],
    scratch: '/scratch',
    disk,
    claim: atLeastOnce,
    lenient: false,
    workers: 1,
    signal: new AbortController().signal,
    replay: 'ackmark check h.ndjson',
    failOn: defaultFailOn,
    heading: runOf([]),
  };
}

function cellOf({ record }: { readonly record: RunRecord }): JudgedCell {
  const [cell] = record.cells;
  if (cell?.status !== 'judged') throw new Error('the history was not judged');
  return cell;
}

function reasonsOf({ reasons }: JudgedCell): readonly string[] {
  return reasons.filter((reason) => !reason.endsWith('it was not checked'));
}

const lossy = lines(...sent(1, 'a', 0), ...sent(2, 'a', 1), delivered(3, 'a', 1), drained);

describe('a history from elsewhere', () => {
  it('passes what it keeps, and its record is that of a run', async () => {
    const { record, malformed } = await checked(lines(...healthy), ordered);
    expect(runRecord.parse(record)).toEqual(record);
    expect(malformed).toEqual([]);
    expect(record.outcome.exitCode).toBe(0);
    expect(cellOf({ record })).toMatchObject({
      verdict: 'pass',
      claimed: true,
      promises: ['per-key-order'],
      counts: { sent: 2, acknowledged: 2, distinctDelivered: 2 },
      performance: { status: 'untimed' },
    });
  });

  it('violates a level that it breaks, with witnesses in its own names', async () => {
    const { record } = await checked(lossy);
    const cell = cellOf({ record });
    expect(record.outcome.exitCode).toBe(1);
    expect(reasonsOf(cell)).toEqual(['D1 acknowledged message lost: 1 of 2']);
    const [witness] = cell.clauses.find(({ check }) => check === 'D1')?.witnesses ?? [];
    expect(witness?.message).toBe('a:0');
    expect(witness?.events.map(({ actor, text }) => `${actor}: ${text}`)).toContain(
      'p: send answered ok',
    );
  });

  it('names file and line of each event that proves a finding', async () => {
    const { record } = await checked(lossy);
    const clause = cellOf({ record }).clauses.find(({ check }) => check === 'D1');
    const events = clause?.witnesses[0]?.events ?? [];
    expect(events.map(({ kind, origin }) => `${kind} ${origin}`)).toEqual([
      'send.invoke h.ndjson:2',
      'send.settled h.ndjson:3',
      'deliver h.ndjson:6',
      'drain.complete h.ndjson:7',
    ]);
    const text = terminal.render(record, plainOptions);
    expect(text).toContain('send answered ok  [h.ndjson:3]');
    expect(await htmlReporter.render(record, plainOptions)).toContain('<td>h.ndjson:3</td>');
    expect(json.render(record, plainOptions)).toContain('"origin": "h.ndjson:3"');
  });

  it('says which event it is where a history has no lines', async () => {
    const disk = new MemoryDisk();
    const [directory, scratch] = ['/binary', '/scratch'];
    disk.create('/h').write(Buffer.from(`${lossy.join('\n')}\n`), 0);
    importLines([{ path: '/h', name: 'h' }], disk, directory);
    const { record } = await checkHistory({
      ...checkOf(disk),
      sources: [{ path: directory, name: 'binary' }],
      scratch,
    });
    const clause = cellOf({ record }).clauses.find(({ check }) => check === 'D1');
    expect(clause?.witnesses[0]?.events.map(({ origin }) => origin)).toEqual([
      'event 1',
      'event 2',
      'event 5',
      'event 6',
    ]);
  });

  it('claims nothing without a level: what is found is counted, and the exit code is 0', async () => {
    const { record } = await checked(lossy, nothing);
    expect(record.outcome.exitCode).toBe(0);
    const lost = cellOf({ record }).clauses.find(({ check }) => check === 'D1');
    expect(lost).toMatchObject({ state: 'unclaimed-violated', obligation: 'may', count: 1 });
  });

  it('may be judged by promises alone', async () => {
    expect(cellOf(await checked(lossy, ordered)).verdict).toBe('pass');
    const swapped = lines(
      ...sent(1, 'a', 0),
      ...sent(2, 'a', 1),
      { ...delivered(3, 'a', 1), redelivered: false },
      { ...delivered(4, 'a', 0), redelivered: false },
      drained,
    );
    expect(cellOf(await checked(swapped, ordered)).reasons).toEqual([
      'O2 reordered within a lane: 1 of 2',
    ]);
  });

  it('carries its faults, outcomes and phases', async () => {
    const cell = cellOf(
      await checked(
        lines(
          { timeMs: 0, kind: 'phase', phase: 'load' },
          ...healthy.slice(0, 2),
          { timeMs: 2, kind: 'fault.start', fault: 'kill n1' },
          { timeMs: 2.5, kind: 'fault.stop', fault: 'kill n1', bit: true },
          { timeMs: 2.5, kind: 'send.invoke', actor: 'p', lane: 'a', seq: 1 },
          { ...sent(2.1, 'a', 1, 'unknown')[1], error: 'TIMEOUT' },
          delivered(3, 'a', 0),
          drained,
        ),
      ),
    );
    expect(cell.faults).toMatchObject([
      { kind: 'kill n1', startedNs: 2e6, stoppedNs: 2.5e6, bit: true },
    ]);
    expect(cell.outcomes).toEqual({ 'no error named': 1, TIMEOUT: 1 });
    expect(cell.phases).toEqual([{ name: 'load', startNs: 0, endNs: 90e6 }]);
  });
});

describe('a history from elsewhere is inconclusive, never a pass, when', () => {
  const withHeader = (facts: object, ...events: readonly object[]) => [
    JSON.stringify({ kind: 'history', version: 1, ...facts }),
    ...lines(...events).slice(1),
  ];
  const fault = (over: object) => [
    { timeMs: 0.1, kind: 'fault.start', fault: 'kill' },
    { timeMs: 0.2, kind: 'fault.stop', fault: 'kill', ...over },
  ];
  const clock = (timeMs: number, wallMs: number) => ({ timeMs, kind: 'clock', wallMs });

  it.each<[string, readonly string[] | string, string]>([
    ['it is empty', '', 'h.ndjson is empty'],
    ['it has nothing but a header', [header], 'only 0 messages were acknowledged, 1 is needed'],
    ['it is cut off', `${lines(...healthy).join('\n')}\n{"kind`, 'h.ndjson is cut off in line 9'],
    ['a line is malformed', [...lines(...healthy), '{}'], '1 of 9 lines could not be read'],
    [
      'an event is of another run',
      withHeader({ run: 'x' }, { timeMs: 0, kind: 'crash', actor: 'z', run: 'y' }, ...healthy),
      'it is an event of run y, and this is x',
    ],
    ['time goes back', lines(drained, ...healthy), 'time goes back, from 90 ms to 1 ms'],
    [
      'a lane is not dense',
      lines(...healthy.slice(0, 2), { ...healthy[2], seq: 5 }, ...healthy.slice(4)),
      'lane a went from seq 0 to 5',
    ],
    [
      'a send is answered that never began',
      lines(...healthy.slice(0, 2), ...healthy.slice(3, 5), drained),
      'send a:1 settled but never began',
    ],
    [
      'a clock is stepped',
      lines(clock(0, 1_000), ...healthy.slice(0, -1), clock(50, 1_250), drained),
      'a clock was stepped by 200 ms between 0.000 s and 0.050 s',
    ],
    [
      'a fault did not bite',
      lines(...fault({ bit: false }), ...healthy),
      'the fault kill did not happen as planned',
    ],
    [
      'fewer faults happened than were planned',
      withHeader({ faultsPlanned: 2 }, ...fault({ bit: true }), ...healthy),
      '1 of 2 planned faults were carried out',
    ],
    [
      'a group was not drained',
      lines(...healthy.slice(0, -1)),
      'the drain did not complete: the history has no drain.complete of g',
    ],
  ])('%s', async (_what, text, why) => {
    for (const claim of [atLeastOnce, nothing]) {
      const { record } = await checked(text, claim);
      expect(record.outcome.exitCode).toBe(2);
      expect(cellOf({ record }).reasons).toContainEqual(expect.stringContaining(why));
    }
  });

  it('nothing in it could have broken a part of the claim', async () => {
    const claim = { ...atLeastOnce, promises: ['read-committed'] as const };
    const { reasons } = cellOf(await checked(lines(...healthy), claim));
    expect(reasons).toContainEqual(
      expect.stringContaining(
        'read-committed was claimed, and nothing in this history could have shown a breach: ',
      ),
    );
  });

  it('nothing in it could have been lost, though all beside that was tried', async () => {
    const replica = JSON.stringify({
      kind: 'history',
      version: 1,
      groups: { g: { role: 'replica', node: 'n1' } },
    });
    const text = [replica, ...lines(...sent(1, 'a', 0), ...healthy.slice(2)).slice(1)];
    for (const level of ['at-least-once', 'exactly-once'] as const) {
      const { record } = await checked(text, { ...nothing, level });
      expect(record.outcome.exitCode).toBe(2);
      expect(cellOf({ record }).reasons).toContainEqual(
        expect.stringContaining('D1 acknowledged message lost: undecided'),
      );
    }
  });

  it('it holds less than was asked for', async () => {
    const claim = { ...atLeastOnce, minimumAcknowledged: 10, minimumDelivered: 20 };
    expect(reasonsOf(cellOf(await checked(lines(...healthy), claim)))).toEqual([
      'only 2 messages were acknowledged, 10 are needed',
      'only 2 messages were delivered, 20 are needed',
    ]);
  });
});

describe('lines that cannot be read', () => {
  const broken = [...lossy.slice(0, -1), '{"kind":"dead-lettr"}', ...lossy.slice(-1)];

  it('leave no finding proven, for one of them may acquit', async () => {
    const { record } = await checked(broken);
    expect(record.outcome.exitCode).toBe(2);
    expect(cellOf({ record }).clauses.every(({ state }) => state === 'undecided')).toBe(true);
  });

  it('are left out on demand, and listed still', async () => {
    const { record, malformed } = await checked(broken, atLeastOnce, true);
    const said = 'h.ndjson:7: there is no kind "dead-lettr"; did you mean dead-letter?';
    expect(record.outcome.exitCode).toBe(1);
    expect(malformed).toEqual([said]);
    expect(cellOf({ record }).effective).toContain(`left out on demand: ${said}`);
  });

  it('may be left out, but a file that is cut off is inconclusive all the same', async () => {
    const { record } = await checked(`${lines(...healthy).join('\n')}\n{"kind`, atLeastOnce, true);
    expect(record.outcome.exitCode).toBe(2);
  });
});
