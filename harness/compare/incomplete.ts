import { plural } from '../core/plural.ts';
import type { RunRecord } from '../record/schema.ts';

/** Why one of two records is not all that was to be run; undefined: both are. What is missing may have become worse. */
export function whyIncomplete(base: RunRecord, head: RunRecord): string | undefined {
  return whyPartial('head', head) ?? whyPartial('base', base);
}

function whyPartial(
  name: 'base' | 'head',
  { interrupted, cells, cellsPlanned }: RunRecord,
): string | undefined {
  const isShort = cells.length < cellsPlanned;
  if (!interrupted && !isShort) return undefined;
  const has = isShort
    ? `has ${cells.length} of ${plural(cellsPlanned, 'planned cell')}`
    : 'may lack cells';
  return interrupted ? `${name} was interrupted and ${has}` : `${name} ${has}`;
}
