import { beforeAll, describe, expect, it } from 'vitest';
import { cellOf, countOf, type FinishedRun, runInProcess } from './run-in-process.ts';

const whole = 'log@transactional';
const apart = 'log@offsets-apart';
const leased = 'queue@lease';

describe('a job that stands still until another has taken its place, and goes on then', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runInProcess(
      ...`--engine ${whole},${apart},${leased} --scenario zombie-producer --quiet`.split(' '),
    );
  }, 300_000);

  it('applies nothing twice where outputs and offsets are one transaction, with evidence that it was overtaken', () => {
    const cell = cellOf(run, `${whole}/zombie-producer`);
    expect(cell.verdict, run.story).toBe('pass');
    const [replaced] = cell.faults;
    expect(replaced?.bit).toBe(true);
    expect(replaced?.evidence).toContainEqual({
      name: 'went on and ended in good order',
      value: 'yes',
    });
    expect(countOf(run, `${whole}/zombie-producer`, 'E2')).toBe(0);
  });

  it('applies inputs twice where the offsets are apart', () => {
    expect(countOf(run, `${apart}/zombie-producer`, 'E2'), run.story).toBeGreaterThan(0);
  });

  it('applies all twice that it held on a queue, because it stands still for longer than its leases last', () => {
    const [replaced] = cellOf(run, `${leased}/zombie-producer`).faults;
    const stood = replaced?.evidence.find(({ name }) => name === 'milliseconds it stood still');
    expect(Number(stood?.value), run.story).toBeGreaterThan(1_500);
    const twice = countOf(run, `${leased}/zombie-producer`, 'E2');
    expect(twice, run.story).toBeGreaterThanOrEqual(replaced?.inFlight ?? Infinity);
  });
});
