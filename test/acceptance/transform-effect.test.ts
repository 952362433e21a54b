import { beforeAll, describe, expect, it } from 'vitest';
import { cellOf, countOf, type FinishedRun, runInProcess } from './run-in-process.ts';

const plain = 'log@transactional';
const keyed = 'log@keyed-effects';
const late = 'log@late-keys';

describe('a transactional job with an effect outside, which dies after each of its steps', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runInProcess(
      ...`--engine ${plain},${keyed} --scenario transform-effect --quiet`.split(' '),
    );
  }, 300_000);

  it.each([plain, keyed])('%s: every input is applied once to the output', (profile) => {
    const cell = cellOf(run, `${profile}/transform-effect`);
    expect(cell.verdict, run.story).toBe('pass');
    expect(cell.faults.map(({ bit }) => bit)).toEqual([true, true, true, true]);
    expect(cell.faults.map(({ evidence }) => evidence.at(-1)?.value)).toEqual([
      'effect',
      'outputs',
      'offsets',
      'commit',
    ]);
    for (const check of ['T4', 'T5', 'D1'] as const) {
      expect(countOf(run, `${profile}/transform-effect`, check)).toBe(0);
    }
  });

  it('applies effects twice that no transaction reaches, which nobody claimed', () => {
    const cell = cellOf(run, `${plain}/transform-effect`);
    const effects = cell.clauses.find(({ check }) => check === 'E2');
    expect(effects?.count, run.story).toBeGreaterThan(0);
    expect(effects?.obligation).toBe('may');
    expect(countOf(run, `${plain}/transform-effect`, 'E1')).toBe(0);
  });

  it('applies them once where they carry an idempotency key, as claimed, and the control shows what that is worth', () => {
    const cell = cellOf(run, `${keyed}/transform-effect`);
    const effects = cell.clauses.find(({ check }) => check === 'E2');
    expect(effects).toMatchObject({ count: 0, obligation: 'must', state: 'kept' });
    expect(effects?.exposure).toBeGreaterThan(5_000);
    expect(countOf(run, `${keyed}/transform-effect`, 'E1')).toBe(0);
    expect(run.record.controls).toContainEqual(
      expect.objectContaining({ control: 'without outside-effects', outcome: 'shown' }),
    );
  });
});

describe('a transactional job with an effect in PostgreSQL, whose answer to the COMMIT is lost', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runInProcess(
      ...`--engine ${plain},${keyed},${late} --scenario transform-lost-commit --messages 6000 --quiet`.split(
        ' ',
      ),
    );
  }, 300_000);

  it.each([plain, keyed, late])('%s: every input is applied once to the output', (profile) => {
    const id = `${profile}/transform-lost-commit`;
    const cell = cellOf(run, id);
    expect(cell.verdict, run.story).toBe('pass');
    expect(cell.faults).toMatchObject([{ kind: 'lose-commit', bit: true }]);
    expect(cell.facts.sinks[0]?.name).toMatch(/PostgreSQL 18/);
    for (const check of ['T4', 'T5', 'D1', 'E1'] as const) expect(countOf(run, id, check)).toBe(0);
  });

  it('has effects twice of the batches that were in doubt, and of no other', () => {
    for (const profile of [plain, late]) {
      const cell = cellOf(run, `${profile}/transform-lost-commit`);
      const effects = cell.clauses.find(({ check }) => check === 'E2');
      expect(effects?.count, run.story).toBeGreaterThan(0);
      expect(effects?.count).toBeLessThan((effects?.exposure ?? 0) / 10);
      expect(effects?.obligation).toBe('may');
    }
  });

  it('has them once where INSERT … ON CONFLICT DO NOTHING knows the input', () => {
    const cell = cellOf(run, `${keyed}/transform-lost-commit`);
    const effects = cell.clauses.find(({ check }) => check === 'E2');
    expect(effects).toMatchObject({ count: 0, obligation: 'must', state: 'kept' });
    expect(run.record.controls).toContainEqual(
      expect.objectContaining({ control: 'without outside-effects', outcome: 'shown' }),
    );
  });
});
