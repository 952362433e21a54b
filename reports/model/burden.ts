import type { CellRecord } from '../../harness/record/schema.ts';
import { groupBy, isControl, isJudged, profileName } from './cells.ts';

/** Of all cells of a profile: the longest start, the most nodes, the most that was in use. */
export interface BurdenRow {
  readonly startMs: number;
  readonly nodes: number;
  readonly rssBytes: number;
  readonly dataBytes: number;
  readonly settings: number;
}

export function burdensOf(cells: readonly CellRecord[]): ReadonlyMap<string, BurdenRow> {
  const own = cells.filter(isJudged).filter((cell) => !isControl(cell));
  return new Map(
    [...groupBy(own, profileName)].flatMap(([name, rounds]) => {
      const started = rounds.flatMap(({ burden }) => burden ?? []);
      if (started.length === 0) return [];
      const most = (values: readonly number[]): number => Math.max(0, ...values);
      const row: BurdenRow = {
        startMs: most(started.map(({ startMs }) => startMs)),
        nodes: most(started.map(({ nodes }) => nodes)),
        dataBytes: most(started.map(({ dataBytes }) => dataBytes)),
        settings: most(started.map(({ settings }) => settings)),
        rssBytes: most(
          rounds.map(({ resources }) =>
            (resources?.brokers ?? []).reduce((sum, { rssBytes }) => sum + (rssBytes ?? 0), 0),
          ),
        ),
      };
      return [[name, row]];
    }),
  );
}
