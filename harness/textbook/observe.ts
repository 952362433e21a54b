import type { Bound, Expectation, Figure } from '../../scenarios/textbook/sentence.ts';
import { type CheckId, clauseTitle } from '../core/anomalies.ts';
import { plural, whole } from '../core/plural.ts';
import type { CellRecord, ClauseRecord, JudgedCell } from '../record/schema.ts';
import { figureOf } from './figure-of.ts';
import { observeMeasured } from './observe-measured.ts';
import { observeRatio, wantedOf } from './observe-ratio.ts';

/**
 * What the cells of one side say about one expectation. `shown` and `refuted` are proofs. `absent` and `missing` are
 * what was not seen, the former as it should be: both are worth as much as the cells are whole.
 */
export interface Observation {
  readonly is: 'shown' | 'refuted' | 'absent' | 'missing' | 'undecided';
  readonly text: string;
}

/** What the record holds besides the cells of a side. */
export interface Beside {
  /** Of the same profile in another scenario. */
  readonly own: (scenario: string) => readonly CellRecord[];
  /** Of the system that it is measured against; nothing where there is none. */
  readonly other: (scenario: string) => readonly CellRecord[];
}

/** @param cells at least one, of one profile in one scenario */
export function observe(
  expectation: Expectation,
  cells: readonly JudgedCell[],
  { own, other }: Beside,
): Observation {
  if (expectation.is === 'ratio') {
    return observeRatio(expectation, cells, own(expectation.over));
  }
  if (expectation.is === 'measured') {
    const { scenario } = expectation;
    return observeMeasured(expectation, own(scenario), other(scenario));
  }
  if (expectation.is === 'told') return observeTold(expectation.figure, cells);
  if (expectation.is === 'figure') return observeFigure(expectation, cells);
  const tallies = expectation.checks.map((check) => tallyOf(check, cells));
  return expectation.is === 'kept' ? observeKept(tallies) : observeSeen(tallies);
}

interface Tally {
  readonly check: CheckId;
  readonly count: number;
  readonly exposure: number;
  /** Why it is not decided in some round; empty: it is. */
  readonly open: string;
  /** Something that the system does not have cannot be asked of it. */
  readonly applies: boolean;
}

function tallyOf(check: CheckId, cells: readonly JudgedCell[]): Tally {
  const found = cells.map(({ clauses }) => clauses.find((clause) => clause.check === check));
  const known = found.filter((clause): clause is ClauseRecord => clause !== undefined);
  const sum = (pick: (clause: ClauseRecord) => number): number =>
    known.reduce((total, clause) => total + pick(clause), 0);
  const applies = known.length === cells.length;
  return {
    check,
    count: sum(({ count }) => count),
    exposure: sum(({ exposure }) => exposure),
    open: applies ? whyOpen(known) : 'it does not apply',
    applies,
  };
}

function whyOpen(clauses: readonly ClauseRecord[]): string {
  const open = clauses.find(({ state, exposure }) => state === 'undecided' || exposure === 0);
  if (open === undefined) return '';
  return open.reason === '' ? 'it had no chance to happen' : open.reason;
}

function observeKept(tallies: readonly Tally[]): Observation {
  const broken = tallies.filter(({ count }) => count > 0);
  if (broken.length > 0) return { is: 'refuted', text: broken.map(toldOf).join('; ') };
  const open = tallies.filter((tally) => tally.open !== '');
  if (open.length > 0 || tallies.length === 0) {
    return { is: 'undecided', text: open.map(toldOf).join('; ') };
  }
  return { is: 'absent', text: tallies.map(toldOf).join('; ') };
}

/** One of them is enough; those that do not apply to the system cannot be asked of it. */
function observeSeen(tallies: readonly Tally[]): Observation {
  const found = tallies.filter(({ count }) => count > 0);
  if (found.length > 0) return { is: 'shown', text: found.map(toldOf).join('; ') };
  const asked = tallies.filter(({ applies }) => applies);
  const isDecided = asked.length > 0 && asked.every(({ open }) => open === '');
  return { is: isDecided ? 'missing' : 'undecided', text: tallies.map(toldOf).join('; ') };
}

function toldOf({ check, count, exposure, open }: Tally): string {
  const title = `${check} ${clauseTitle[check]}`;
  if (count > 0) return `${title}: ${whole(count)} of ${whole(exposure)}`;
  return open === '' ? `${title}: none in ${plural(exposure, 'chance')}` : `${title}: ${open}`;
}

function observeTold(figure: Figure, cells: readonly JudgedCell[]): Observation {
  const values = cells.flatMap((cell) => figureOf(figure, cell) ?? []);
  if (values.length < cells.length || values.length === 0) {
    return { is: 'undecided', text: `${figure.unit}: not recorded` };
  }
  return { is: 'shown', text: `${figure.unit}: ${values.map((value) => whole(value)).join(', ')}` };
}

function observeFigure(
  { figure, bound }: Extract<Expectation, { is: 'figure' }>,
  cells: readonly JudgedCell[],
): Observation {
  const values = cells.map((cell) => figureOf(figure, cell));
  const known = values.filter((value): value is number => value !== undefined);
  if (known.length < values.length || known.length === 0) {
    return { is: 'undecided', text: `${figure.unit}: not recorded` };
  }
  const text = `${figure.unit}: ${known.map((value) => whole(value)).join(', ')} (${wantedOf(bound)})`;
  return { is: comparedWith(bound, known), text };
}

/** Too many is seen; too few was not. */
function comparedWith(bound: Bound, values: readonly number[]): Observation['is'] {
  if ('least' in bound) return Math.min(...values) >= bound.least ? 'shown' : 'missing';
  return Math.max(...values) <= bound.most ? 'absent' : 'refuted';
}
