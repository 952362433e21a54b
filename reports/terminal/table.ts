import type { Ink, Span } from './ink.ts';

export interface Column {
  /** One span for each line of the heading. */
  readonly titles: readonly Span[];
  readonly align: 'left' | 'right';
}

const gap = '  ';

/**
 * Lines of a table. The first column is repeated when the table is wider than the screen and has to be
 * folded into blocks; a row of which a block shows nothing takes no line there.
 */
export function tableLines(
  ink: Ink,
  columns: readonly Column[],
  rows: readonly (readonly Span[])[],
  screenColumns: number,
): string[] {
  const widths = columns.map((column, at) =>
    Math.max(
      0,
      ...[...column.titles, ...rows.map((row) => row[at])].map((cell) => cell?.width ?? 0),
    ),
  );
  const headings = Array.from(
    { length: Math.max(...columns.map((column) => column.titles.length)) },
    (_, line) => columns.map((column) => column.titles[line]),
  );
  return blocks(widths, screenColumns).flatMap((block, number) => {
    const line = (cells: readonly (Span | undefined)[]): string =>
      block
        .map((at) => pad(ink, cells[at], widths[at] ?? 0, columns[at]?.align ?? 'left'))
        .join(gap)
        .trimEnd();
    const lines = [...headings, ...rows].map(line).filter((text) => text !== '');
    return number === 0 ? lines : ['', ...lines];
  });
}

/** Column numbers block by block; every block starts with column 0 and holds at least one more. */
function blocks(widths: readonly number[], screenColumns: number): number[][] {
  const all: number[][] = [];
  const firstWidth = widths[0] ?? 0;
  let block: number[] = [0];
  let used = firstWidth;
  for (let at = 1; at < widths.length; at += 1) {
    const wide = (widths[at] ?? 0) + gap.length;
    if (block.length > 1 && used + wide > screenColumns) {
      all.push(block);
      block = [0];
      used = firstWidth;
    }
    block.push(at);
    used += wide;
  }
  return [...all, block];
}

function pad(ink: Ink, span: Span | undefined, width: number, align: 'left' | 'right'): string {
  if (span === undefined) return ' '.repeat(width);
  const space = ' '.repeat(Math.max(0, width - span.width));
  return align === 'left' ? ink.paint(span) + space : space + ink.paint(span);
}
