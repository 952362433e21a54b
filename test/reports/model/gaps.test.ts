import { describe, expect, it } from 'vitest';
import type { JudgedCell } from '../../../harness/record/schema.ts';
import { isJudged } from '../../../reports/model/cells.ts';
import { gapsOf, longestOfEach } from '../../../reports/model/gaps.ts';
import { mixedRun } from '../fixtures/run.ts';

const [any] = mixedRun()
  .cells.filter(isJudged)
  .filter(({ faults, under }) => faults.length > 0 && under === 'process-crash');

function cellOf(changes: Partial<JudgedCell>): JudgedCell {
  if (any === undefined) throw new Error('the fixture has no crashed broker');
  return { ...any, target: { ...any.target, nodes: 3 }, under: 'node-loss', ...changes };
}

describe('the longest gaps between acknowledgements', () => {
  it('are told for each profile in each scenario, over all rounds', () => {
    const cells = [1e9, 4e9, 2e9].map((longestGapNs) => cellOf({ longestGapNs }));
    const other = cellOf({ scenario: 'leader-pause', longestGapNs: 6e9 });
    const rows = gapsOf({ cells: [...cells, other] });
    expect(rows).toMatchObject([
      { cells: 3, longestNs: 4e9, medianNs: 2e9 },
      { scenario: 'leader-pause', cells: 1, longestNs: 6e9 },
    ]);
    expect(longestOfEach(rows)).toEqual([rows[1]]);
  });

  it('are left out where nothing is acknowledged, no broker was struck or is alone, or the fault did not bite', () => {
    const faults = cellOf({}).faults.map((fault) => ({ ...fault, bit: false }));
    const cells = [
      cellOf({ longestGapNs: null }),
      cellOf({ under: 'client-crash', longestGapNs: 1e9 }),
      cellOf({ faults, longestGapNs: 1e9 }),
      cellOf({ target: { ...cellOf({}).target, nodes: 1 }, longestGapNs: 1e9 }),
    ];
    expect(gapsOf({ cells })).toEqual([]);
  });
});
