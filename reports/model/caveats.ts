import type { ControlOutcome, RunRecord } from '../../harness/record/schema.ts';
import { plural, whole } from '../text/numbers.ts';
import { reasonsText } from '../text/reasons.ts';
import { clausesIn, groupBy, isControl, isForeign, isJudged, profileName } from './cells.ts';
import { deviationsOf } from './deviations.ts';
import { type NotPriced, priceTablesOf } from './price.ts';
import { priceAdvice, wasLate } from './price-advice.ts';

/** Strings hold untrusted parts. */
export interface Caveat {
  readonly text: string;
  /** What the reader can do about it, where somebody knows. */
  readonly fix: string | undefined;
}

/** What weakens the run's conclusions, most serious first. */
export function caveatsOf(record: RunRecord): Caveat[] {
  const before = [
    ...controls(record),
    ...shoulds(record),
    ...deviationsOf(record),
    ...waivers(record),
    ...notPriced(record),
  ];
  const advice = priceAdvice(record);
  return [
    ...coverage(record).map(bare),
    ...inconclusive(record),
    ...errors(record),
    ...before.map(bare),
    ...(advice === undefined ? [] : [advice]),
    ...unsupported(record).map(bare),
  ];
}

function bare(text: string): Caveat {
  return { text, fix: undefined };
}

function coverage(record: RunRecord): string[] {
  const caveats: string[] = [];
  if (record.interrupted) caveats.push('interrupted before the plan was finished');
  if (record.cells.length < record.cellsPlanned) {
    caveats.push(`${record.cells.length} of ${record.cellsPlanned} planned cells were recorded`);
  }
  return caveats;
}

/** One command shows how a cell is run again; a history from elsewhere would say the same again. */
function inconclusive(record: RunRecord): Caveat[] {
  return record.cells
    .filter(isJudged)
    .filter((cell) => cell.verdict === 'inconclusive' && !isControl(cell))
    .map((cell, at) => ({
      text: `inconclusive ${cell.id}: ${cell.reasons.join('; ') || 'no reason recorded'}`,
      fix: at > 0 || isForeign(record) ? undefined : `Run the cell again: ${cell.replay}`,
    }));
}

function errors(record: RunRecord): Caveat[] {
  const failed = record.cells.filter((cell) => cell.status === 'error');
  const alike = groupBy(failed, ({ error }) => `${error.code}: ${error.message}`);
  return [...alike].map(([why, cells]) => {
    const more = cells.length > 1 ? ` and ${plural(cells.length - 1, 'more cell')}` : '';
    return { text: `error ${cells[0]?.id}${more}: ${inOneLine(why)}`, fix: cells[0]?.error.hint };
  });
}

/** Messages may quote a log: its lines one after the other. */
function inOneLine(text: string): string {
  return text
    .split(/\s*\n\s*/)
    .map((line, at, lines) => (at === lines.length - 1 || line.endsWith(':') ? line : `${line} |`))
    .join(' ');
}

/** Engines of which the same is to be said together: a run without controls would tell it of each. */
function controls(record: RunRecord): string[] {
  const open = record.controls.filter(({ outcome }) => outcome !== 'shown');
  const alike = groupBy(open, (control) =>
    JSON.stringify([{ ...control, engine: '', cell: '' }, whyNotShown(control, record)]),
  );
  return [...alike.values()].flatMap((group) => {
    const [control] = group;
    if (control === undefined) return [];
    const engines = group.map(({ engine }) => engine).join(', ');
    const how = control.outcome === 'not-shown' ? 'did not show' : 'was not run to show';
    const why = whyNotShown(control, record);
    const because = why === '' ? '' : `: ${why}`;
    const what = `${control.scenario} on ${engines}, ${control.control}`;
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

/** Profiles with one reason together; those whose every round failed are told with their errors already. */
function notPriced(record: RunRecord): string[] {
  return priceTablesOf(record).flatMap((table) => {
    const untold = table.notPriced.filter(({ failed }) => !failed);
    const alike = groupBy(untold, (one) => (wasLate(one) ? 'late' : whyText([one])));
    return [...alike.values()].map((profiles) => {
      const names = profiles.map(({ name }) => name).join(', ');
      const why = whyText(profiles);
      return `not priced ${names} in ${table.scenario}: ${why || 'no figures recorded'}`;
    });
  });
}

/** Late generators are late by other figures each: the first stand for all. */
function whyText(profiles: readonly NotPriced[]): string {
  return reasonsText(profiles.flatMap(({ reasons }) => reasons));
}

function unsupported(record: RunRecord): string[] {
  return record.cells.flatMap((cell) =>
    cell.status === 'unsupported' && !isControl(cell)
      ? [`unsupported ${profileName(cell)} in ${cell.scenario}: ${cell.reason}`]
      : [],
  );
}
