import type { CheckResult } from '../../../harness/check/check.ts';
import { type CellEvidence, judgeCell } from '../../../harness/check/verdict.ts';
import { type CheckId, checkIds } from '../../../harness/core/anomalies.ts';
import type { ClauseRecord } from '../../../harness/record/schema.ts';

export function decided(check: CheckId, count = 0, exposure = 1_000, possible = 0): CheckResult {
  const classes = count > 0 ? { some: count } : {};
  return { status: 'decided', check, count, possible, exposure, classes, culprits: [] };
}

/** Every check decided and found nothing; a thousand messages went all the way; nothing was claimed. */
export const cleanEvidence: CellEvidence = {
  results: checkIds.map((id) => decided(id)),
  obliged: [],
  waived: [],
  deviations: [],
  controlShows: [],
  exposes: ['D1'],
  guards: {
    minimumAcknowledged: 1,
    minimumDelivered: 1,
    minimumInFlightAtFault: 0,
    minimumExposure: {},
  },
  sendReply: 'each',
  counts: {
    sent: 1_000,
    acknowledged: 1_000,
    failed: 0,
    unknown: 0,
    resent: 0,
    delivered: 1_000,
    distinctDelivered: 1_000,
    redelivered: 0,
    flaggedRedelivered: 0,
    settled: 1_000,
    processed: 1_000,
    recovered: 0,
  },
  faultsPlanned: 0,
  faults: [],
  drain: { complete: true, by: 'positions' },
  irregularities: [],
  eventsLost: 0,
};

/** The same cell with other results of these checks. */
export function withResults(cell: CellEvidence, ...changed: readonly CheckResult[]): CellEvidence {
  const results = cell.results.map(
    (result) => changed.find(({ check }) => check === result.check) ?? result,
  );
  return { ...cell, results };
}

export function judgedClause(cell: CellEvidence, id: CheckId): ClauseRecord | undefined {
  return judgeCell(cell).clauses.find(({ check }) => check === id);
}
