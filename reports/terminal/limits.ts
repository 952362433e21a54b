import type { RunRecord } from '../../harness/record/schema.ts';
import { limitsOf } from '../model/limits.ts';
import type { ReportOptions } from '../report.ts';
import type { Ink } from './ink.ts';

const limitsShown = 16;

/** Which side was the limit, where one was. */
export function limitLines(record: RunRecord, ink: Ink, options: ReportOptions): string[] {
  const all = limitsOf(record);
  if (all.length === 0) return [];
  const shown = options.detail === 'full' ? all : all.slice(0, limitsShown);
  const lines = shown.map(({ name, text }) => ink.paint(ink.span(`  ${name}: ${text}`)));
  if (shown.length < all.length) lines.push(`  ${shown.length} of ${all.length} limits shown`);
  return [ink.paint(ink.span('LIMITS', 'heading')), ...lines];
}
