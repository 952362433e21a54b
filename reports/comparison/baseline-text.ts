import type { Baseline } from '../../harness/record/baseline-schema.ts';
import type { ReportOptions } from '../report.ts';
import { inkFor } from '../terminal/ink.ts';
import { tableLines } from '../terminal/table.ts';

/** One line for each baseline: name, testbed, run, how far a newer one is confirmed. */
export function baselinesText(
  kept: readonly Baseline[],
  needed: number,
  options: ReportOptions,
): string {
  if (kept.length === 0) return 'No baseline is kept here.\n';
  const ink = inkFor(options);
  const columns = ['name', 'testbed', 'run', 'since', 'advanced', 'confirmed'].map((title) => ({
    titles: [ink.span(title, 'muted')],
    align: 'left' as const,
  }));
  const rows = kept.map((one) => [
    ink.span(one.name),
    ink.span(one.fingerprint),
    ink.span(one.record.id),
    ink.span(one.savedAt),
    ink.span(`${one.advances} times`),
    ink.span(`${one.confirmations.length} of ${needed}`),
  ]);
  return `${tableLines(ink, columns, rows, options.columns).join('\n')}\n`;
}

/** Everything about the baselines of one name. */
export function baselineText(
  kept: readonly Baseline[],
  needed: number,
  options: ReportOptions,
): string {
  const ink = inkFor(options);
  const line = (text: string): string => ink.paint(ink.span(text));
  const blocks = kept.map((one) => [
    ink.paint(ink.span(`${one.name}, testbed ${one.fingerprint}`, 'heading')),
    line(`  run        ${one.record.id} (ackmark ${one.record.ackmark})`),
    line(`  since      ${one.savedAt}, advanced ${one.advances} times`),
    ...one.testbed.map(({ what, value }) => line(`  ${what.padEnd(10)} ${value}`)),
    line(
      `  confirmed  ${one.confirmations.length} of ${needed} in a row${one.confirmations.map(({ run }) => `, ${run}`).join('')}`,
    ),
    line(`  repeat     ${one.record.command}`),
  ]);
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
