import { beforeAll, describe, expect, it } from 'vitest';
import { cellOf, countOf, type FinishedRun, runInProcess } from './run-in-process.ts';

const keeping = 'queue@lease';
const losing = 'queue@delete-on-receive';

describe('consumers that come and go all the time', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runInProcess(
      ...`--engine ${keeping},${losing} --scenario consumer-churn --messages 12k --quiet`.split(
        ' ',
      ),
    );
  }, 200_000);

  it('take nothing from who settles after processing, with evidence that they came and went', () => {
    const cell = cellOf(run, `${keeping}/consumer-churn`);
    expect(cell.verdict, run.story).toBe('pass');
    const [churn] = cell.faults;
    expect(churn?.bit).toBe(true);
    expect(churn?.evidence).toContainEqual({ name: 'turns carried out', value: '8 of 8' });
  });

  it('take what they held from who settles on delivery', () => {
    expect(countOf(run, `${losing}/consumer-churn`, 'D10'), run.story).toBeGreaterThan(0);
  });
});
