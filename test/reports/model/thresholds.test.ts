import { describe, expect, it } from 'vitest';
import type { ThresholdRecord } from '../../../harness/record/threshold-schema.ts';
import { figureText, thresholdsOf } from '../../../reports/model/thresholds.ts';
import { htmlReporter } from '../../../reports/html/reporter.ts';
import { plainOptions } from '../../../reports/report.ts';
import { terminal } from '../../../reports/terminal/reporter.ts';
import { runOf } from '../fixtures/run.ts';

const met: ThresholdRecord = {
  threshold: 'e2e.response.p99 < 20ms',
  cell: 'log@acks-1/steady',
  value: 12_340_000,
  unit: 'ns',
  isMet: true,
  reason: '',
};
const missed: ThresholdRecord = {
  ...met,
  threshold: 'D4.rate < 1%',
  value: 0.02,
  unit: 'share',
  isMet: false,
};

describe('thresholds in a report', () => {
  it('have their figure in its unit, or the reason why there is none', () => {
    expect(figureText(met)).toBe('12.3 ms');
    expect(figureText(missed)).toBe('2.0 %');
    expect(figureText({ ...met, unit: 'count', value: 20_000 })).toBe('20,000');
    expect(figureText({ ...met, unit: 'msg/s', value: 4_980 })).toBe('4,980 msg/s');
    expect(figureText({ ...met, value: null, reason: 'it was late' })).toBe(
      'no figure: it was late',
    );
  });

  it('are told with what was missed first, on the terminal and in HTML', async () => {
    expect(thresholdsOf([met, missed])).toEqual([missed, met]);
    const record = runOf([], { thresholds: [met, missed] });
    const text = await terminal.render(record, plainOptions);
    expect(text).toContain('THRESHOLDS\n  ✗ D4.rate < 1%  log@acks-1/steady: 2.0 %\n  ✓ e2e');
    const page = await htmlReporter.render(record, plainOptions);
    expect(page).toContain('id="thresholds"');
    expect(page).toContain('D4.rate &lt; 1%');
    expect(await htmlReporter.render(runOf([]), plainOptions)).not.toContain('id="thresholds"');
  });
});
