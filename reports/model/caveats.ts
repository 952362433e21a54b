import type { RunRecord } from '../../harness/record/schema.ts';
import { isControl, isJudged, profileName } from './cells.ts';
import { priceTablesOf } from './price.ts';

/** What weakens the run's conclusions, most serious first. Strings hold untrusted parts. */
export function caveatsOf(record: RunRecord): string[] {
  return [
    ...coverage(record),
    ...inconclusive(record),
    ...errors(record),
    ...controls(record),
    ...waivers(record),
    ...notPriced(record),
    ...unsupported(record),
  ];
}

function coverage(record: RunRecord): string[] {
  const caveats: string[] = [];
  if (record.interrupted) caveats.push('interrupted before the plan was finished');
  if (record.cells.length < record.cellsPlanned) {
    caveats.push(`${record.cells.length} of ${record.cellsPlanned} planned cells were recorded`);
  }
  return caveats;
}

function inconclusive(record: RunRecord): string[] {
  return record.cells
    .filter(isJudged)
    .filter((cell) => cell.verdict === 'inconclusive' && !isControl(cell))
    .map((cell) => `inconclusive ${cell.id}: ${cell.reasons.join('; ') || 'no reason recorded'}`);
}

function errors(record: RunRecord): string[] {
  return record.cells.flatMap((cell) =>
    cell.status === 'error'
      ? [`error ${cell.id}: ${cell.error.code}: ${cell.error.message} (${cell.error.hint})`]
      : [],
  );
}

function controls(record: RunRecord): string[] {
  return record.controls.flatMap((control) => {
    if (control.outcome === 'shown') return [];
    const what = `${control.scenario} on ${control.engine}, ${control.control}`;
    const how = control.outcome === 'not-shown' ? 'did not show' : 'was not run to show';
    return [`control of ${what} ${how} ${control.shows.join(', ')}`];
  });
}

function waivers(record: RunRecord): string[] {
  return record.cells
    .filter(isJudged)
    .flatMap((cell) =>
      cell.clauses.flatMap((clause) =>
        clause.waiver === undefined
          ? []
          : [`waived ${clause.check} at ${cell.id}: ${clause.waiver}`],
      ),
    );
}

function notPriced(record: RunRecord): string[] {
  return priceTablesOf(record).flatMap((table) =>
    table.notPriced.map(
      ({ name, reasons }) =>
        `not priced ${name} in ${table.scenario}: ${reasons.join('; ') || 'no figures recorded'}`,
    ),
  );
}

function unsupported(record: RunRecord): string[] {
  return record.cells.flatMap((cell) =>
    cell.status === 'unsupported' && !isControl(cell)
      ? [`unsupported ${profileName(cell)} in ${cell.scenario}: ${cell.reason}`]
      : [],
  );
}
