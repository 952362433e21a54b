import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../harness/record/schema.ts';
import { htmlReporter } from '../../../reports/html/reporter.ts';
import { caveatsOf } from '../../../reports/model/caveats.ts';
import { priceAdvice } from '../../../reports/model/price-advice.ts';
import { plainOptions } from '../../../reports/report.ts';
import { terminal } from '../../../reports/terminal/reporter.ts';
import { defaultSuiteRun } from '../fixtures/run.ts';

/** The default suite, in which the first `late` timed cells were held up, each by another time. */
function lateRun(
  late: number,
  host: Partial<RunRecord['host']> = {},
  middleStands = false,
): RunRecord {
  const run = defaultSuiteRun();
  let held = 0;
  const cells = run.cells.map((cell) => {
    if (cell.kind !== 'timed' || cell.status !== 'judged' || held >= late) return cell;
    const { performance } = cell;
    if (performance.status === 'untimed') return cell;
    held += 1;
    const reasons = [`the generator was late: p99 ${2 + held}.10 ms, allowed 2.00 ms`];
    return {
      ...cell,
      performance: {
        status: 'invalid' as const,
        figures: performance.figures,
        reasons,
        middleStands,
      },
    };
  });
  return { ...run, cells, host: { ...run.host, ...host } };
}

const timed = defaultSuiteRun().cells.filter(({ kind }) => kind === 'timed').length;

describe('what to do about prices that are missing', () => {
  it('is to warm up for two seconds of the rate, with what the record says of the machine', () => {
    const advice = priceAdvice(lateRun(3, { loadAverage: 7.9, cores: 2 }));
    expect(advice?.text).toBe(
      `3 of ${timed} prices are missing because the generator was late (other work had the machine: load average 7.9 on 2 cores when the run began)`,
    );
    expect(advice?.fix).toBe(
      'Run the same on a quiet machine, or with a longer warm-up: add --scenario steady --warmup 10k --messages 30k',
    );
  });

  it('is the same where the middle stands: the table says which p99 are missing, and why', async () => {
    const run = lateRun(2, { loadAverage: 3, cores: 2 }, true);
    const advice = priceAdvice(run);
    expect(advice?.text).toContain(`2 of ${timed} prices have no p99 because`);
    expect(advice?.fix).toContain('--warmup 10k');
    expect(caveatsOf(run).filter(({ text }) => text.startsWith('not priced'))).toEqual([]);
    for (const page of [
      await terminal.render(run, plainOptions),
      await htmlReporter.render(run, plainOptions),
    ]) {
      expect(page).toContain('medians and CPU stand');
    }
  });

  it('accuses no other work where the machine was quiet when the run began', () => {
    const { text = '' } = priceAdvice(lateRun(1, { loadAverage: 0.42, cores: 2 })) ?? {};
    expect(text).toContain('(load average 0.42 on 2 cores when the run began)');
    expect(text).not.toContain('other work');
  });

  it('is not said where nothing is missing, or for another reason', () => {
    expect(priceAdvice(defaultSuiteRun())).toBeUndefined();
    const run = lateRun(1);
    const other = JSON.stringify(run).replace('the generator was late', 'driver-limited');
    const parsed: RunRecord = JSON.parse(other);
    expect(priceAdvice(parsed)).toBeUndefined();
  });

  it('is said once, after all that were late in one line, on the terminal and in the page', async () => {
    const run = lateRun(4);
    const texts = caveatsOf(run).map(({ text }) => text);
    expect(texts.filter((text) => text.startsWith('not priced'))).toHaveLength(1);
    expect(texts.at(-1)).toContain('prices are missing');
    for (const page of [
      await terminal.render(run, plainOptions),
      await htmlReporter.render(run, plainOptions),
    ]) {
      expect(page.split('or with a longer warm-up: add --scenario steady')).toHaveLength(2);
    }
  });
});
