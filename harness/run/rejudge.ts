import { join } from 'node:path';
import { createJudge } from '../check/judge.ts';
import { judgeCell } from '../check/verdict.ts';
import { plural } from '../core/plural.ts';
import { judgeTextbookAgain } from '../textbook/textbook.ts';
import { cellNumber } from './cell-history.ts';
import { brokenSeal } from './seal.ts';
import { fidelityOutcome } from '../gate/fidelity.ts';
import { gate, type FailOn } from '../gate/gate.ts';
import { nodeDisk } from '../history/node-disk.ts';
import { readHistory } from '../history/reader.ts';
import { runKeyOf } from '../record/run-directory.ts';
import type { CellRecord, JudgedCell, RunRecord } from '../record/schema.ts';

/**
 * Judges the kept history of a run again. What was not kept is not guessed: such a cell is inconclusive
 * with the reason, whatever the run itself had found.
 */
export function rejudge(
  record: RunRecord,
  directory: string,
  failOn: readonly FailOn[],
): RunRecord {
  if (record.fidelity.length > 0) {
    // What a target answered is in the record, and no history has more of it.
    const outcome = fidelityOutcome(record.fidelity, record.interrupted, failOn);
    return { ...record, outcome };
  }
  const cells = record.cells.map(
    (cell): CellRecord => (cell.status === 'judged' ? rejudgeCell(cell, record, directory) : cell),
  );
  const { exitCode, reason } = gate({
    cells,
    planned: record.cellsPlanned,
    interrupted: record.interrupted,
    failOn,
    // They were measured while the run went on, which is not repeated here.
    thresholds: record.thresholds,
  });
  const textbook = [...judgeTextbookAgain(record.textbook, cells)];
  return { ...record, cells, textbook, outcome: { exitCode, reason } };
}

function rejudgeCell(cell: JudgedCell, record: RunRecord, directory: string): JudgedCell {
  if (cell.history.directory === '' || !cell.history.complete) {
    const kept = `${cell.history.eventsKept} of ${plural(cell.history.eventsTotal, 'event')}`;
    return undecided(cell, `history not kept: ${kept} (mode ${cell.history.mode})`);
  }
  const seal = brokenSeal(join(directory, cell.history.directory), nodeDisk, cell);
  if (seal !== undefined) return undecided(cell, seal);
  const judge = createJudge(cell.facts);
  for (const lanes of cell.lanes) judge.addLanes(lanes);
  const read = readHistory(join(directory, cell.history.directory), nodeDisk, (event) =>
    judge.fold(event),
  );
  if (read.run !== undefined && read.run !== cellNumber(runKeyOf(record.id), cell.id)) {
    return undecided(cell, 'the history belongs to another run or cell');
  }
  if (read.firstEvent > 0) {
    return undecided(
      cell,
      `the first ${plural(read.firstEvent, 'event of the history is', 'events of the history are')} gone`,
    );
  }
  const { results, counts, longestGapNs, irregularities } = judge.resolve(
    judge.finish(),
    (visit) => {
      readHistory(join(directory, cell.history.directory), nodeDisk, visit);
    },
  );
  const judged = judgeCell({
    ...cell.judging,
    controlShows: cell.control.kind === 'planted' ? cell.control.shows : [],
    results,
    counts,
    faults: cell.faults,
    faultsPlanned: cell.faults.length,
    drain: cell.drain,
    irregularities: [...cell.judging.irregularities, ...irregularities, ...damage(cell, read)],
  });
  const witnesses = new Map(cell.clauses.map((clause) => [clause.check, clause.witnesses]));
  return {
    ...cell,
    verdict: judged.verdict,
    reasons: [...judged.reasons],
    clauses: judged.clauses.map((clause) => ({
      ...clause,
      witnesses: [...(witnesses.get(clause.check) ?? [])],
    })),
    counts,
    longestGapNs,
  };
}

function damage(cell: JudgedCell, read: ReturnType<typeof readHistory>): readonly string[] {
  const reasons: string[] = [];
  if (read.problem !== undefined) {
    reasons.push(
      `${read.problem.message}; ${plural(read.eventsRead, 'event was', 'events were')} read`,
    );
  } else if (read.eventsRead !== cell.history.eventsTotal) {
    reasons.push(
      `${read.eventsRead} of ${plural(cell.history.eventsTotal, 'event was', 'events were')} read`,
    );
  }
  return reasons;
}

function undecided(cell: JudgedCell, reason: string): JudgedCell {
  return {
    ...cell,
    verdict: 'inconclusive',
    reasons: [reason],
    clauses: cell.clauses.map((clause) => ({ ...clause, state: 'undecided', reason })),
  };
}
