import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ObligedClause } from '../../../harness/core/clauses.ts';
import { defaultFailOn } from '../../../harness/gate/gate.ts';
import { nodeDisk } from '../../../harness/history/node-disk.ts';
import { defaultCapBytes, SegmentStore } from '../../../harness/history/segments.ts';
import type { JudgedCell, RunRecord } from '../../../harness/record/schema.ts';
import { runKeyOf } from '../../../harness/record/run-directory.ts';
import { cellNumber } from '../../../harness/run/cell-history.ts';
import { rejudge } from '../../../harness/run/rejudge.ts';
import { writeSeal } from '../../../harness/run/seal.ts';
import { judged } from '../../reports/fixtures/cell.ts';
import { defaultProfiles } from '../../reports/fixtures/profiles.ts';
import { runOf } from '../../reports/fixtures/run.ts';
import { defaultScenarios } from '../../reports/fixtures/scenarios.ts';
import {
  consumerA,
  type HistoryBuilder,
  historyOf,
  producer,
  settling,
} from '../check/history-of.ts';

const profile = defaultProfiles.find((fixture) => fixture.profile === 'acks-all');
const scenario = defaultScenarios.find((fixture) => fixture.id === 'broker-crash');
if (profile === undefined || scenario === undefined) throw new Error('fixture is incomplete');
const fixture = judged({ profile, scenario, index: 0 });
const loss: ObligedClause = { check: 'D1', obligation: 'must', sets: ['at-least-once'] };

function clean(): HistoryBuilder {
  const history = historyOf().open(consumerA).sendAll(0, 3);
  for (let seq = 0; seq < 3; seq += 1) history.consume(0, seq);
  return history.drained();
}

/** A run of one cell with this history on disk, whatever its record says that it had found. */
function kept(
  history: HistoryBuilder,
  changes: Partial<JudgedCell['judging']> = {},
  capBytes: number = defaultCapBytes.full,
) {
  const run = runOf([fixture]);
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-rejudge-'));
  const segments = new SegmentStore({
    directory: join(directory, 'history/0000'),
    disk: nodeDisk,
    run: cellNumber(runKeyOf(run.id), fixture.id),
    retention: { mode: 'full', capBytes },
  });
  for (const event of history.events) segments.append(event);
  const cell: JudgedCell = {
    ...fixture,
    history: { ...segments.close(), directory: 'history/0000' },
    lanes: [{ first: 0, count: 4, ordered: true, actor: producer, route: -1 }],
    facts: settling,
    judging: { ...fixture.judging, obliged: [loss], exposes: ['D1'], ...changes },
  };
  writeSeal(join(directory, 'history/0000'), nodeDisk, cell);
  return { record: runOf([cell]), directory };
}

function again({ record, directory }: { record: RunRecord; directory: string }): JudgedCell {
  const [cell] = rejudge(record, directory, defaultFailOn).cells;
  if (cell?.status !== 'judged') throw new Error('the cell was not judged');
  return cell;
}

describe('a kept history, judged again', () => {
  it('passes when nothing is wrong', () => {
    const cell = again(kept(clean()));
    expect(cell).toMatchObject({ verdict: 'pass', reasons: [], counts: { sent: 3, delivered: 3 } });
  });

  it('shows what it shows, whatever the record had said', () => {
    const run = kept(historyOf().open(consumerA).sendAll(0, 3).consume(0, 1).drained());
    const cell = again(run);
    expect(cell.verdict).toBe('violated');
    expect(cell.clauses.find(({ check }) => check === 'D1')).toMatchObject({ count: 2 });
    expect(rejudge(run.record, run.directory, defaultFailOn).outcome.exitCode).toBe(1);
  });

  it('stays inconclusive when the cell did not go by its plan', () => {
    const irregularities = ['a producer did not end within 60 s'];
    expect(again(kept(clean(), { irregularities }))).toMatchObject({
      verdict: 'inconclusive',
      reasons: irregularities,
    });
  });

  it.each([
    ['claims', { claimed: false }],
    ['faults', { faults: [] }],
    ['lanes', { lanes: [] }],
    ['facts', { facts: { ...settling, leased: true } }],
    ['drain', { drain: { complete: true, tookNs: 1, by: 'hand' } }],
    ['obligations', { judging: { ...fixture.judging, obliged: [] } }],
  ])('is inconclusive when the %s of its record were changed', (_, changes) => {
    const run = kept(historyOf().open(consumerA).sendAll(0, 3).consume(0, 1).drained());
    const cells = run.record.cells.map((cell) => ({ ...cell, ...changes }) as JudgedCell);
    const cell = again({ ...run, record: { ...run.record, cells } });
    expect(cell).toMatchObject({
      verdict: 'inconclusive',
      reasons: ['its record was changed after the run'],
    });
    expect(cell.clauses.every(({ state }) => state === 'undecided')).toBe(true);
  });

  it('does not care for a verdict that was flipped by hand', () => {
    const run = kept(historyOf().open(consumerA).sendAll(0, 3).consume(0, 1).drained());
    const cells = run.record.cells.map(
      (cell) => ({ ...cell, verdict: 'pass', reasons: [], clauses: [] }) as unknown as JudgedCell,
    );
    expect(again({ ...run, record: { ...run.record, cells } }).verdict).toBe('violated');
  });

  it('is inconclusive when its beginning is gone, which would make phantoms of what follows', () => {
    const run = kept(clean(), {}, 8 * 64 * 4);
    rmSync(join(run.directory, 'history/0000/00000.ackh'));
    expect(again(run)).toMatchObject({
      verdict: 'inconclusive',
      reasons: [expect.stringMatching(/^the first \d+ events of the history are gone$/)],
    });
  });

  it('is inconclusive when the history is gone', () => {
    const run = kept(clean());
    rmSync(join(run.directory, 'history'), { recursive: true });
    expect(again(run).verdict).toBe('inconclusive');
  });

  it('is inconclusive when the history was not kept', () => {
    const run = kept(clean());
    const record = runOf(
      run.record.cells.map((cell) =>
        cell.status === 'judged'
          ? { ...cell, history: { ...cell.history, mode: 'window', complete: false } }
          : cell,
      ),
    );
    const cell = again({ ...run, record });
    expect(cell).toMatchObject({
      verdict: 'inconclusive',
      reasons: [expect.stringContaining('history not kept')],
    });
    expect(cell.clauses.every(({ state }) => state === 'undecided')).toBe(true);
  });

  it('is inconclusive when the history is another run’s', () => {
    const lossy = historyOf().open(consumerA).sendAll(0, 3).consume(0, 1).drained();
    for (const run of [kept(clean()), kept(lossy)]) {
      const record = { ...run.record, id: '2026-11-24T00-00-00Z-007dc223' };
      expect(again({ ...run, record })).toMatchObject({
        verdict: 'inconclusive',
        reasons: ['the history belongs to another run or cell'],
      });
    }
  });
});
