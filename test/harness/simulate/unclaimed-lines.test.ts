import { describe, expect, it } from 'vitest';
import { faultDomains } from '../../../harness/core/clauses.ts';
import type { Unclaimed } from '../../../harness/simulate/simulate.ts';
import { unclaimedLines } from '../../../harness/simulate/unclaimed-lines.ts';

function met(
  beyond: Unclaimed['beyond'],
  seeds: number,
  shown: Unclaimed['shown'] = {},
): Unclaimed {
  return { profile: `p ${seeds}`, beyond, seeds, shown };
}

describe('the table of what nobody claims to bear', () => {
  it('is not there when every profile bears what it met', () => {
    expect(unclaimedLines([])).toEqual([]);
  });

  it('has one row for each combination of faults, the most frequent first, with what all profiles saw', () => {
    const lines = unclaimedLines([
      met(['power-loss'], 2, { D1: 1 }),
      met(['node-loss'], 9, { D12: 4, D1: 3 }),
      met(['power-loss'], 1, { D1: 1, D6: 1 }),
    ]);
    expect(lines[0]).toBe(
      'no violation: 12 seeds met faults that their profiles do not claim to bear',
    );
    expect(lines.slice(2)).toEqual([
      '  node-loss       9         1  D12 in 4, D1 in 3',
      '  power-loss      3         2  D1 in 2, D6 in 1',
    ]);
  });

  it('stays short however many combinations and anomalies there are, and says how many', () => {
    const pairs = faultDomains.flatMap((one) => faultDomains.map((other) => met([one, other], 1)));
    const many = { D1: 9, D4: 8, D6: 7, D12: 6, O1: 5, O5: 4, O6: 3, L5: 2 };
    const lines = unclaimedLines([met(['power-loss'], 5, many), ...pairs]);
    expect(lines).toHaveLength(9);
    expect(lines[2]).toContain('D1 in 9, D4 in 8, D6 in 7, D12 in 6, O1 in 5, O5 in 4, and 2 more');
    expect(lines.at(-1)).toBe('  6 of 37 combinations of faults shown');
  });
});
