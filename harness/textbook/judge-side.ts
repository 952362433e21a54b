import type { Side } from '../../scenarios/textbook/sentence.ts';
import { plural } from '../core/plural.ts';
import { isControl, isJudged, profileName } from '../record/cell-questions.ts';
import type { CellRecord, JudgedCell } from '../record/schema.ts';
import type { SideOutcome, SideRecord } from '../record/textbook-schema.ts';
import { observe, type Observation } from './observe.ts';

/** The record's cells of one profile in one scenario, all rounds, without what was planted. */
export function cellsOf(
  cells: readonly CellRecord[],
  name: string,
  scenario: string,
): readonly CellRecord[] {
  return cells.filter(
    (cell) => profileName(cell) === name && cell.scenario === scenario && !isControl(cell),
  );
}

/** Who is asked, as `--engine` takes it, and by whom what is measured is measured. */
export interface Asked {
  readonly name: string;
  readonly against?: string | undefined;
}

/**
 * What one side of a trial showed. Every round has to have its evidence: one that lacks it makes the side undecided,
 * however often another round showed what was expected.
 * @param faultsPlanned of the scenario; a cell with fewer has not been through what the sentence is about
 */
export function judgeSide(
  { scenario, shows, effectsIn }: Side,
  { name, against }: Asked,
  record: readonly CellRecord[],
  faultsPlanned: number,
): SideRecord {
  const cells = cellsOf(record, name, scenario);
  const judged = cells.filter(isJudged);
  const base = {
    profile: name,
    scenario,
    cells: judged.map(({ id }) => id),
    // That of the last round repeats those before it.
    replay: comparing(cells.at(-1)?.replay ?? '', scenario, shows, { name, against }),
  };
  const absent = whyAbsent(cells);
  if (absent !== undefined) return { ...base, ...absent };
  const unstruck = judged.flatMap((cell) => [
    ...faultGaps(cell, faultsPlanned),
    ...elsewhere(cell, effectsIn),
  ]);
  const gaps = [...new Set([...unstruck, ...judged.flatMap(gapsOf)])];
  const observations = shows.map((expectation) =>
    observe(expectation, judged, {
      own: (other) => cellsOf(record, name, other),
      other: (other) => (against === undefined ? [] : cellsOf(record, against, other)),
    }),
  );
  const outcome =
    unstruck.length > 0 ? 'no-evidence' : outcomeOf(observations, { isWhole: gaps.length === 0 });
  const told = observations.map(({ text }) => text);
  return { ...base, outcome, seen: outcome === 'no-evidence' ? [...gaps, ...told] : told };
}

/** What a figure is measured by has to be run again as well. */
function comparing(
  replay: string,
  scenario: string,
  shows: Side['shows'],
  { name, against }: Asked,
): string {
  const all = [...new Set([scenario, ...othersOf(shows)])].join(',');
  const isCompared = against !== undefined && shows.some(({ is }) => is === 'measured');
  return replay
    .replace(`--scenario ${scenario}`, `--scenario ${all}`)
    .replace(`--engine ${name}`, `--engine ${name}${isCompared ? `,${against}` : ''}`);
}

function othersOf(shows: Side['shows']): readonly string[] {
  return shows.flatMap((one) => {
    if (one.is === 'ratio') return [one.over];
    return one.is === 'measured' ? [one.scenario] : [];
  });
}

function whyAbsent(
  cells: readonly CellRecord[],
): { readonly outcome: SideOutcome; readonly seen: string[] } | undefined {
  const [first] = cells;
  if (first === undefined) return { outcome: 'not-run', seen: ['no cell of it is in this run'] };
  const failed = cells.find(({ status }) => status === 'error');
  if (failed?.status === 'error') {
    const { code, message } = failed.error;
    return { outcome: 'no-evidence', seen: [`${code}: ${message}`] };
  }
  const unsupported = cells.find(({ status }) => status === 'unsupported');
  if (unsupported?.status !== 'unsupported') return undefined;
  return { outcome: 'not-run', seen: [`unsupported: ${unsupported.reason}`] };
}

/** Why a cell has not been through what the sentence is about: nothing in it counts, whatever was seen. */
function faultGaps({ id, faults }: JudgedCell, faultsPlanned: number): readonly string[] {
  if (faults.length < faultsPlanned) {
    return [`${id}: ${faults.length} of ${plural(faultsPlanned, 'fault')} struck`];
  }
  return faults
    .filter(({ bit }) => !bit)
    .map(({ kind }) => `${id}: its fault ${kind} did not bite`);
}

/** A cell whose effects were in another system has not been through it either. */
function elsewhere({ id, facts }: JudgedCell, effectsIn: Side['effectsIn']): readonly string[] {
  if (effectsIn === undefined) return [];
  const isThere = facts.sinks.some(({ name }) => name.includes(effectsIn));
  return isThere ? [] : [`${id}: its effects were not in ${effectsIn}`];
}

/** Why a cell proves nothing about what was not seen in it; also of one in which a promise was broken. */
function gapsOf({ id, verdict, reasons, drain, judging }: JudgedCell): readonly string[] {
  const undecided = verdict === 'inconclusive' || verdict === 'error' ? reasons : [];
  const gaps = [...undecided, ...judging.irregularities];
  if (!drain.complete) gaps.push('it was not drained');
  if (judging.eventsLost > 0) gaps.push('events of its history are missing');
  if (gaps.length === 0 && verdict !== 'pass' && verdict !== 'violated') gaps.push(verdict);
  return gaps.map((gap) => `${id}: ${gap}`);
}

/**
 * What is proven stands, whatever else a cell lacks: a control whose messages are lost may well miss the guards.
 * What was not seen is worth nothing in a cell with gaps.
 */
function outcomeOf(
  observations: readonly Observation[],
  { isWhole }: { readonly isWhole: boolean },
): SideOutcome {
  const any = (one: Observation['is']): boolean => observations.some(({ is }) => is === one);
  if (observations.length === 0) return 'no-evidence';
  if (any('refuted')) return 'otherwise';
  if (observations.every(({ is }) => is === 'shown')) return 'as-said';
  if (!isWhole || any('undecided')) return 'no-evidence';
  return any('missing') ? 'otherwise' : 'as-said';
}
