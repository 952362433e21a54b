import type { RunRecord } from '../../harness/record/schema.ts';
import { figureText, thresholdsOf } from '../model/thresholds.ts';
import type { ReportOptions } from '../report.ts';
import type { Ink } from './ink.ts';

const shownThresholds = 16;

/** What was asked of the figures, and what they were; what was missed comes first. */
export function thresholdLines(record: RunRecord, ink: Ink, options: ReportOptions): string[] {
  const all = thresholdsOf(record.thresholds);
  if (all.length === 0) return [];
  const shown = options.detail === 'full' ? all : all.slice(0, shownThresholds);
  const lines = shown.map((one) => {
    const glyph = one.isMet ? '✓' : '✗';
    const where = one.cell === '' ? 'no cell' : one.cell;
    const text = `  ${glyph} ${one.threshold}  ${where}: ${figureText(one)}`;
    return ink.paint(ink.span(text, one.isMet ? undefined : 'broken'));
  });
  if (shown.length < all.length) {
    lines.push(`  ${shown.length} of ${all.length} thresholds shown`);
  }
  return [ink.paint(ink.span('THRESHOLDS', 'heading')), ...lines];
}
