import type { RunRecord } from '../../harness/record/schema.ts';
import { type GapRow, gapsOf, longestOfEach } from '../model/gaps.ts';
import type { ReportOptions } from '../report.ts';
import { duration, whole } from '../text/numbers.ts';
import type { Ink } from './ink.ts';
import { tableLines } from './table.ts';

const rowsShown = 16;

/** How long each profile acknowledged nothing when one of its nodes was struck: its worst scenario, in full detail each. */
export function gapLines(record: RunRecord, ink: Ink, options: ReportOptions): string[] {
  const all = gapsOf(record);
  const rows = options.detail === 'full' ? all : longestOfEach(all);
  if (rows.length === 0) return [];
  const shown = options.detail === 'full' ? rows : rows.slice(0, rowsShown);
  const heading = ink.paint(ink.span('LONGEST GAP', 'heading'));
  const about = ink.paint(ink.span('sends waited, and none was acknowledged'));
  return [
    `${heading}  ${about}`,
    ...tableLines(
      ink,
      ['  profile', 'longest', 'median', 'cells', 'scenario'].map((title, at) => ({
        titles: [ink.span(title, 'muted')],
        align: at === 0 || at === 4 ? 'left' : 'right',
      })),
      shown.map((row) => textsOf(row).map((text) => ink.span(text))),
      options.columns,
    ),
    ...(shown.length < rows.length ? [`  ${shown.length} of ${rows.length} profiles shown`] : []),
  ];
}

function textsOf({ profile, scenario, cells, longestNs, medianNs }: GapRow): string[] {
  return [`  ${profile}`, duration(longestNs), duration(medianNs), whole(cells), scenario];
}
