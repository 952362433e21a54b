import type { TimedDistribution } from '../../harness/record/series-schema.ts';
import type { JudgedCell, WindowRow } from '../../harness/record/schema.ts';
import type { WindowQuantiles } from '../../harness/record/window-schema.ts';
import { duration, significant, whole } from '../text/numbers.ts';

/** A heading over one or several columns, and theirs. */
export interface WindowHeading {
  readonly group: string;
  readonly titles: readonly string[];
}

/** Figures by phase, by stage and around each fault, as every format shows them. */
export interface WindowTable {
  readonly headings: readonly WindowHeading[];
  readonly cells: readonly WindowRows[];
}

export interface WindowRows {
  readonly cell: string;
  readonly rows: readonly { readonly name: string; readonly figures: readonly string[] }[];
  /** Rows that there are, of which `rows` are the first. */
  readonly total: number;
}

interface Block {
  readonly group: string;
  readonly columns: readonly {
    readonly title: string;
    readonly of: (row: WindowRow) => string;
  }[];
}

const none = '–';

/** Ten samples beyond a quantile, as for the figures of a cell. */
const fewest = { p50Ns: 20, p99Ns: 1_000, maxNs: 1 } as const;
type Quantile = keyof typeof fewest;
const titleOf: Readonly<Record<Quantile, string>> = { p50Ns: 'p50', p99Ns: 'p99', maxNs: 'max' };
const spread: readonly Quantile[] = ['p50Ns', 'p99Ns', 'maxNs'];

const blocks: readonly Block[] = [
  { group: '', columns: [{ title: 'for', of: (row) => duration(row.endNs - row.startNs) }] },
  {
    group: 'msg/s',
    columns: [
      { title: 'sent', of: (row) => rate(row.sent, row) },
      { title: 'acknowledged', of: (row) => rate(row.acknowledged, row) },
      { title: 'delivered', of: (row) => rate(row.delivered, row) },
    ],
  },
  standingBlock('in flight', (row) => row.inFlight),
  standingBlock('backlog', (row) => row.backlog),
  latencyBlock('publish response', 'publish-response', spread),
  latencyBlock('service', 'publish-service', ['p99Ns']),
  latencyBlock('end-to-end response', 'end-to-end-response', spread),
  latencyBlock('service', 'end-to-end-service', ['p99Ns']),
  latencyBlock('redelivery', 'redelivery', spread),
  latencyBlock('lateness', 'lateness', ['p99Ns', 'maxNs']),
  latencyBlock('client-blocked', 'client-blocked', ['p99Ns', 'maxNs']),
];

/** At most so many rows of each cell, under common headings; what no row has anything of is left out. */
export function windowTable(cells: readonly JudgedCell[], most: number): WindowTable {
  const shown = cells.map((cell) => cell.windows.slice(0, most));
  const filled = blocks.filter(({ columns }) =>
    columns.some(({ of }) => shown.flat().some((row) => of(row) !== none)),
  );
  return {
    headings: filled.map(({ group, columns }) => ({
      group,
      titles: columns.map(({ title }) => title),
    })),
    cells: cells.map((cell, at) => ({
      cell: cell.id,
      rows: (shown[at] ?? []).map((row) => ({
        name: nameOf(row, cell),
        figures: filled.flatMap(({ columns }) => columns.map(({ of }) => of(row))),
      })),
      total: Math.max(cell.windowsTotal, cell.windows.length),
    })),
  };
}

function nameOf({ of }: WindowRow, { faults }: JudgedCell): string {
  switch (of.kind) {
    case 'phase':
      return of.phase === 'warmup' ? 'warm-up' : of.phase;
    case 'stage':
      return `stage ${of.stage + 1}: ${of.arrivals}`;
    case 'fault':
      return `${of.part} F${of.fault + 1} ${faults[of.fault]?.kind ?? ''}`.trimEnd();
  }
}

function rate(messages: number, { startNs, endNs }: WindowRow): string {
  if (messages === 0) return '0';
  return endNs > startNs ? significant((messages * 1e9) / (endNs - startNs)) : none;
}

function standingBlock(group: string, standing: (row: WindowRow) => WindowRow['inFlight']): Block {
  const text = (row: WindowRow, what: 'most' | 'atEnd'): string => {
    const known = standing(row);
    return known === null ? none : whole(known[what]);
  };
  return {
    group,
    columns: [
      { title: 'most', of: (row) => text(row, 'most') },
      { title: 'at end', of: (row) => text(row, 'atEnd') },
    ],
  };
}

function latencyBlock(group: string, of: TimedDistribution, quantiles: readonly Quantile[]): Block {
  return {
    group,
    columns: quantiles.map((quantile) => ({
      title: titleOf[quantile],
      of: ({ latencies }) => quantileText(latencies[of], quantile),
    })),
  };
}

function quantileText(quantiles: WindowQuantiles | undefined, which: Quantile): string {
  if (quantiles === undefined || quantiles.count < fewest[which]) return none;
  return duration(quantiles[which]);
}
