import { describe, expect, it } from 'vitest';
import { plainOptions } from '../../../reports/report.ts';
import { terminal } from '../../../reports/terminal/reporter.ts';
import { judged } from '../fixtures/cell.ts';
import { lossWitness } from '../fixtures/clauses.ts';
import { defaultProfiles } from '../fixtures/profiles.ts';
import { runOf } from '../fixtures/run.ts';
import { defaultScenarios } from '../fixtures/scenarios.ts';

describe('the words of the matrix', () => {
  it('say of what an unanswered send is counted, and what +1 stands for', async () => {
    const profile = defaultProfiles.find((one) => one.profile === 'acks-0');
    const scenario = defaultScenarios.find((one) => one.id === 'broker-crash');
    if (profile === undefined || scenario === undefined) throw new Error('no such fixture');
    const cell = judged({
      profile,
      scenario,
      index: 0,
      exposureOf: () => 249,
      seen: [
        { check: 'D12', count: 249, witnesses: [lossWitness('3:412', 4e9)] },
        { check: 'D1', count: 2 },
      ],
    });
    const text = await terminal.render(runOf([cell]), plainOptions);
    expect(text).toMatch(/D12 249 of 249 unanswered sends \+1|D1 2 of 249 \+1/);
    expect(text).toContain('+1, +2: so many more anomalies in the same cell');
    const alone = { ...cell, clauses: cell.clauses.filter(({ check }) => check === 'D12') };
    const second = await terminal.render(runOf([alone]), plainOptions);
    expect(second).toContain('D12 249 of 249 unanswered sends');
    expect(second).not.toContain('so many more');
  });
});
