import { durabilityDomains, type FaultDomain } from '../../harness/core/clauses.ts';
import { median } from '../../harness/core/statistics/median.ts';
import type { JudgedCell, RunRecord } from '../../harness/record/schema.ts';
import { groupBy, isControl, isJudged, profileName } from './cells.ts';

/** For how long nothing was acknowledged to who waited, over the rounds of one profile under one scenario. */
export interface GapRow {
  readonly profile: string;
  readonly scenario: string;
  /** Cells in which something was acknowledged; where there are none, nothing is known of gaps. */
  readonly cells: number;
  readonly longestNs: number;
  readonly medianNs: number;
}

/**
 * Scenarios in which one of several nodes or its machine is struck. In others a gap says more of the load, and of one
 * node how long it takes to start.
 */
export function gapsOf({ cells }: Pick<RunRecord, 'cells'>): GapRow[] {
  const struck = cells.filter(isJudged).filter((cell) => !isControl(cell) && wasStruck(cell));
  return [...groupBy(struck, profileName)].flatMap(([profile, ofProfile]) =>
    [...groupBy(ofProfile, ({ scenario }) => scenario)].flatMap(([scenario, rounds]) => {
      const gaps = rounds.flatMap(({ longestGapNs }) => longestGapNs ?? []);
      if (gaps.length === 0) return [];
      const longestNs = Math.max(...gaps);
      return [{ profile, scenario, cells: gaps.length, longestNs, medianNs: median(gaps) }];
    }),
  );
}

/** The scenario of each profile that made it wait longest. */
export function longestOfEach(rows: readonly GapRow[]): GapRow[] {
  return [...groupBy(rows, ({ profile }) => profile).values()].flatMap((ofProfile) =>
    ofProfile.toSorted((a, b) => b.longestNs - a.longestNs).slice(0, 1),
  );
}

const domains: ReadonlySet<FaultDomain> = new Set(durabilityDomains);

function wasStruck({ under, faults, target }: JudgedCell): boolean {
  return target.nodes > 1 && domains.has(under) && faults.some(({ bit }) => bit);
}
