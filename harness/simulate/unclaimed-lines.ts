import { checkIds } from '../core/anomalies.ts';
import { noun, plural } from '../core/plural.ts';
import type { Unclaimed } from './simulate.ts';

const rowsShown = 6;
const anomaliesShown = 6;

interface Row {
  readonly faults: string;
  readonly seeds: number;
  readonly profiles: number;
  readonly cost: string;
}

/** What faults that nobody claims to bear brought about, one row for each combination of them, the most frequent first. */
export function unclaimedLines(of: readonly Unclaimed[]): readonly string[] {
  if (of.length === 0) return [];
  const byFaults = Map.groupBy(of, ({ beyond }) => beyond.join(' + '));
  const rows = [...byFaults].map(([faults, those]) => rowOf(faults, those));
  const seeds = rows.reduce((sum, row) => sum + row.seeds, 0);
  const shown = rows.toSorted((a, b) => b.seeds - a.seeds).slice(0, rowsShown);
  const more = rows.length - shown.length;
  return [
    `no violation: ${plural(seeds, 'seed')} met faults that ${noun(seeds, 'its profile does', 'their profiles do')} not claim to bear`,
    ...table(shown),
    ...(more > 0 ? [`  ${shown.length} of ${rows.length} combinations of faults shown`] : []),
  ];
}

function rowOf(faults: string, those: readonly Unclaimed[]): Row {
  const counts = checkIds.flatMap((check) => {
    const count = those.reduce((sum, { shown }) => sum + (shown[check] ?? 0), 0);
    return count === 0 ? [] : [{ check, count }];
  });
  const most = counts.toSorted((a, b) => b.count - a.count).slice(0, anomaliesShown);
  const more = counts.length - most.length;
  const named = most.map(({ check, count }) => `${check} in ${count}`);
  return {
    faults,
    seeds: those.reduce((sum, one) => sum + one.seeds, 0),
    profiles: those.length,
    cost: [...named, ...(more > 0 ? [`and ${more} more`] : [])].join(', ') || 'nothing',
  };
}

function table(rows: readonly Row[]): readonly string[] {
  const head = [
    'met',
    'seeds',
    'profiles',
    'what it cost there (`ackmark explain D1` tells of an id)',
  ];
  const cells = rows.map((row) => [row.faults, `${row.seeds}`, `${row.profiles}`, row.cost]);
  const widths = head.map((_, at) =>
    Math.max(...[head, ...cells].map((row) => (row[at] ?? '').length)),
  );
  return [head, ...cells].map(([faults = '', seeds = '', profiles = '', cost = '']) => {
    const [wide = 0, ofSeeds = 0, ofProfiles = 0] = widths;
    const numbers = `${seeds.padStart(ofSeeds)}  ${profiles.padStart(ofProfiles)}`;
    return `  ${faults.padEnd(wide)}  ${numbers}  ${cost}`;
  });
}
