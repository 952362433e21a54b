import type { Findings } from '../findings.ts';
import type { Stall } from './progress.ts';

export interface ToldStalls {
  /** The first of them; `total` counts all. */
  readonly stalls: readonly Stall[];
  readonly total: number;
  readonly kind: string;
  readonly group: number;
  /** A sentence about a wait of so many milliseconds. */
  readonly note: (waitedMs: number) => string;
}

/** Each stall as a finding about the cell at the instant when it began. */
export function tellStalls(findings: Findings, of: ToldStalls): void {
  const { stalls, total, kind, group, note } = of;
  for (const { sinceNs, untilNs } of stalls) {
    const waitedMs = Math.round((untilNs - sinceNs) / 1e6);
    findings.addAbout(kind, { about: 'cell', atNs: sinceNs, group, note: note(waitedMs) });
  }
  findings.addUntold(kind, total - stalls.length);
}
