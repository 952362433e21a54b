import type { ControlOutcome, RunRecord } from '../../harness/record/schema.ts';
import { plural, whole } from '../text/numbers.ts';
import { clausesIn, groupBy, isControl, isJudged, profileName } from './cells.ts';
import { deviationsOf } from './deviations.ts';
import { priceTablesOf } from './price.ts';

/** What weakens the run's conclusions, most serious first. Strings hold untrusted parts. */
export function caveatsOf(record: RunRecord): string[] {
  return [
    ...coverage(record),
    ...inconclusive(record),
    ...errors(record),
    ...controls(record),
    ...shoulds(record),
    ...deviationsOf(record),
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
  const failed = record.cells.filter((cell) => cell.status === 'error');
  const alike = groupBy(failed, ({ error }) => `${error.code}: ${error.message} (${error.hint})`);
  return [...alike].map(([text, cells]) => {
    const more = cells.length > 1 ? ` and ${plural(cells.length - 1, 'more cell')}` : '';
    return `error ${cells[0]?.id}${more}: ${text}`;
  });
}

function controls(record: RunRecord): string[] {
  return record.controls.flatMap((control) => {
    if (control.outcome === 'shown') return [];
    const what = `${control.scenario} on ${control.engine}, ${control.control}`;
    const how = control.outcome === 'not-shown' ? 'did not show' : 'was not run to show';
    const why = whyNotShown(control, record);
    const because = why === '' ? '' : `: ${why}`;
    return [`control of ${what} ${how} ${control.shows.join(', ')}${because}`];
  });
}

/** A planted cell may say why: a drain that did not complete, too few messages. */
export function whyNotShown(control: ControlOutcome, record: RunRecord): string {
  if (control.outcome !== 'not-shown') return '';
  const reasons = record.cells
    .filter(isJudged)
    .filter(({ engine, scenario }) => engine === control.engine && scenario === control.scenario)
    .filter(({ control: of }) => of.kind === 'planted' && control.control === `planted ${of.plant}`)
    .flatMap((cell) => cell.reasons)
    .filter((reason) => !reason.startsWith('the control did not show'));
  return [...new Set(reasons)].join('; ');
}

function shoulds(record: RunRecord): string[] {
  return record.cells
    .filter(isJudged)
    .flatMap((cell) =>
      clausesIn(cell, 'should-violated').map(
        ({ id, title, count, exposure }) =>
          `should not happen, and did at ${cell.id}: ${id} ${title}, ${whole(count)} of ${whole(exposure)}`,
      ),
    );
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
