import { AckmarkError } from '../core/errors.ts';
import { suggestion } from '../core/suggest.ts';
import type { RunRecord } from '../record/schema.ts';

const idsShown = 10;

/**
 * Parts of a cell's id name the cells that hold it; empty names all.
 *
 * @throws AckmarkError where no cell of the run holds it, with the part that was probably meant
 */
export function requireCell(record: RunRecord, part: string): void {
  const ids = record.cells.map(({ id }) => id);
  if (part === '' || ids.some((id) => id.includes(part))) return;
  const shown = ids.slice(0, idsShown).join(', ');
  const more = ids.length > idsShown ? ` (${idsShown} of ${ids.length})` : '';
  throw new AckmarkError(
    'UNKNOWN_NAME',
    `show: no cell of this run has ${JSON.stringify(part)} in its id${suggestion(part, [...new Set(ids.flatMap(partsOf))])}`,
    { hint: ids.length === 0 ? 'The run has no cells.' : `Cells: ${shown}${more}.` },
  );
}

/** What a reader types of `log@acks-all/steady/1`: some of its words that follow each other. */
function partsOf(id: string): readonly string[] {
  const words = [...id.matchAll(/[^@/]+[@/]?/g)].map(([word]) => word);
  return words.flatMap((_, from) =>
    words.slice(from).map((__, more) =>
      words
        .slice(from, from + more + 1)
        .join('')
        .replace(/[@/]$/, ''),
    ),
  );
}
