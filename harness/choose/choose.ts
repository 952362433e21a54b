import {
  type Need,
  type NeedId,
  needs,
  type Offer,
  type Shown,
} from '../../scenarios/choosing/needs.ts';
import { type Question, tree } from '../../scenarios/choosing/tree.ts';
import { isControl, isJudged, profileName } from '../record/cell-questions.ts';
import type { CellRecord, JudgedCell } from '../record/schema.ts';

/** What is known of one need at one profile. Only `kept` comes from evidence that speaks for it. */
export type Answer =
  | { readonly is: 'kept'; readonly cells: readonly string[] }
  | { readonly is: 'broken'; readonly cells: readonly string[]; readonly checks: readonly string[] }
  /** The profile says so, and nothing more is known. */
  | { readonly is: 'declared' }
  | { readonly is: 'undecided'; readonly missing: readonly string[] }
  | { readonly is: 'not-offered' };

export interface Candidate {
  readonly name: string;
  readonly family: Offer['family'];
  readonly answers: Readonly<Partial<Record<NeedId, Answer>>>;
  /** The worst of its answers; `kept` takes one that was shown, and none that was not but what is declared alone. */
  readonly standing: 'kept' | 'undecided' | 'broken' | 'not-offered';
}

export interface Choice {
  readonly asked: readonly { readonly question: Question; readonly by: readonly NeedId[] }[];
  /** Of the first question that was answered with yes; undefined: nothing that is needed tells families apart. */
  readonly family: Offer['family'] | undefined;
  /** Those of the family first, then by standing. */
  readonly candidates: readonly Candidate[];
}

const standings = ['kept', 'undecided', 'broken', 'not-offered'] as const;

/**
 * Walks the tree with what is needed, and asks every profile for all of it.
 *
 * @param cells of a run; none: nothing is kept, what is offered is undecided
 */
export function choose(
  wanted: readonly NeedId[],
  offers: readonly Offer[],
  cells: readonly CellRecord[],
): Choice {
  const asked = tree
    .map((question) => ({ question, by: wanted.filter((id) => question.needs.includes(id)) }))
    .filter(({ by }) => by.length > 0);
  const family = asked[0]?.question.family;
  const candidates = offers.map((offer) => candidateOf(offer, wanted, cells));
  const rank = (one: Candidate): number =>
    standings.indexOf(one.standing) * 2 + (family === undefined || one.family === family ? 0 : 1);
  return { asked, family, candidates: candidates.toSorted((a, b) => rank(a) - rank(b)) };
}

function candidateOf(
  offer: Offer,
  wanted: readonly NeedId[],
  cells: readonly CellRecord[],
): Candidate {
  const own = cells.filter(
    (cell): cell is JudgedCell =>
      isJudged(cell) && !isControl(cell) && profileName(cell) === offer.name,
  );
  const answers = Object.fromEntries(wanted.map((id) => [id, answerOf(needs[id], offer, own)]));
  const worst = Math.max(
    0,
    ...Object.values(answers).map((answer) =>
      answer.is === 'declared' ? 0 : standings.indexOf(answer.is),
    ),
  );
  const standing = standings[worst] ?? 'not-offered';
  // Declarations alone are no evidence.
  const isShown = Object.values(answers).some(({ is }) => is === 'kept');
  const { name, family } = offer;
  return {
    name,
    family,
    answers,
    standing: standing === 'kept' && !isShown ? 'undecided' : standing,
  };
}

function answerOf(need: Need, offer: Offer, cells: readonly JudgedCell[]): Answer {
  if (!need.isOffered(offer)) return { is: 'not-offered' };
  if (need.shownBy === 'declared') return { is: 'declared' };
  return shownIn(need.shownBy, cells);
}

function shownIn({ checks, under, scenarios }: Shown, cells: readonly JudgedCell[]): Answer {
  const about = cells.filter(
    (cell) =>
      cell.claimed &&
      (under === undefined || cell.under === under) &&
      (scenarios === undefined || scenarios.includes(cell.scenario)),
  );
  const stateIn = (cell: JudgedCell, check: string) =>
    cell.clauses.find((clause) => clause.check === check)?.state;
  const wrong = about.flatMap((cell) =>
    checks
      .filter((check) => ['broken', 'expected'].includes(stateIn(cell, check) ?? ''))
      .map((check) => ({ cell: cell.id, check })),
  );
  if (wrong.length > 0) {
    return {
      is: 'broken',
      cells: [...new Set(wrong.map(({ cell }) => cell))],
      checks: [...new Set(wrong.map(({ check }) => check))],
    };
  }
  // A clause is also kept where the fault did not strike: that the cell passed is what says that it did.
  const open = new Set(about.filter(({ verdict }) => verdict !== 'pass').map(scenarioOf));
  const passed = about.filter((cell) => !open.has(scenarioOf(cell)));
  const keeping = (check: string) =>
    passed.filter((cell) => ['kept', 'unexpectedly-kept'].includes(stateIn(cell, check) ?? ''));
  const missing = checks.filter((check) => keeping(check).length === 0);
  if (missing.length > 0) return { is: 'undecided', missing };
  return { is: 'kept', cells: [...new Set(checks.flatMap(keeping).map(({ id }) => id))] };
}

const scenarioOf = ({ scenario }: JudgedCell): string => scenario;
