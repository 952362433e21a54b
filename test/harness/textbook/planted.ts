import { type CheckId, checkIds } from '../../../harness/core/anomalies.ts';
import { isJudged, profileName } from '../../../harness/record/cell-questions.ts';
import type { CellRecord, JudgedCell } from '../../../harness/record/schema.ts';
import { scenarios } from '../../../scenarios/catalog.ts';
import { fewestRounds } from '../../../harness/textbook/timed-values.ts';
import type { Expectation, Sentence, Side, Trial } from '../../../scenarios/textbook/sentence.ts';
import { judged } from '../../reports/fixtures/cell.ts';
import { valueAt, withFigure, withValue } from './planted-figures.ts';

interface Need {
  readonly engine: string;
  readonly profile: string;
  readonly side: Side;
}

export type Role = 'treatment' | 'control';

/**
 * A record in which a sentence is as it says on the given engines.
 * @param showing what the treatments show; `control`: as if the mechanism were switched off
 */
export function plantedCells(
  sentence: Sentence,
  engines: readonly string[],
  showing: Role = 'treatment',
): readonly JudgedCell[] {
  const needs = sentence.trials.flatMap((trial) =>
    Object.entries(trial.systems)
      .filter(([engine]) => engines.includes(engine))
      .flatMap(([engine, pair]): Need[] => [
        { engine, profile: pair.control, side: trial.control },
        {
          engine,
          profile: pair.treatment,
          side: showing === 'treatment' ? trial.treatment : switchedOff(trial),
        },
      ]),
  );
  const byCell = Map.groupBy([...needs, ...needs.flatMap(basesOf)], ({ engine, profile, side }) =>
    [engine, profile, side.scenario].join(' '),
  );
  return [...byCell.values()].flatMap((all, index) => {
    const cell = plantedCell(all, needs, index);
    const rounds = timedIn(cell.scenario, all, needs).length === 0 ? 1 : fewestRounds;
    return Array.from({ length: rounds }, (_, at) => ({
      ...cell,
      round: at + 1,
      id: cell.id.replace(/1$/, `${at + 1}`),
    }));
  });
}

/** What the control shows, in the treatment’s scenario; figures of which the control says nothing are as they should be. */
function switchedOff({ treatment, control }: Trial): Side {
  const [own] = ratiosOf([treatment]);
  const shows = control.shows.map((one) =>
    one.is === 'ratio' ? { ...one, over: own?.over ?? one.over } : one,
  );
  const told = shows.flatMap((one) => (one.is === 'figure' ? [JSON.stringify(one.figure)] : []));
  const others = treatment.shows.filter(
    (one) => one.is === 'figure' && !told.includes(JSON.stringify(one.figure)),
  );
  return { ...treatment, shows: [...others, ...shows] };
}

/** The other scenarios that a need takes figures from. */
function basesOf({ engine, profile, side }: Need): readonly Need[] {
  const others = side.shows.flatMap((one) => {
    if (one.is === 'ratio') return [one.over];
    return one.is === 'measured' ? [one.scenario] : [];
  });
  return others.map((scenario) => ({ engine, profile, side: { scenario, shows: [] } }));
}

type Timed = Extract<Expectation, { is: 'ratio' | 'measured' }>;

/** The figures that are taken of all rounds of a scenario, by what its profile is asked. */
function timedIn(
  scenario: string,
  ofCell: readonly Need[],
  all: readonly Need[],
): readonly Timed[] {
  const [cell] = ofCell;
  return sidesOf(cell, all).flatMap((side) =>
    side.shows.filter((one): one is Timed => {
      if (one.is === 'measured') return one.scenario === scenario;
      return one.is === 'ratio' && (one.over === scenario || side.scenario === scenario);
    }),
  );
}

function sidesOf(of: Need | undefined, all: readonly Need[]): readonly Side[] {
  return all
    .filter(({ engine, profile }) => engine === of?.engine && profile === of?.profile)
    .map(({ side }) => side);
}

function ratiosOf(sides: readonly Side[]): readonly Extract<Expectation, { is: 'ratio' }>[] {
  return sides.flatMap(({ shows }) => shows).filter((one) => one.is === 'ratio');
}

/** A little beyond what its ratio to another scenario asks for, whatever that one has; 100 where nothing is asked. */
function rateIn(
  scenario: string,
  ofProfile: readonly Side[],
  asked: readonly string[] = [],
): number {
  const [ratio] = ratiosOf(ofProfile.filter((side) => side.scenario === scenario));
  // Two of them may be measured by each other.
  if (ratio === undefined || asked.includes(ratio.over)) return 100;
  const margin = 'least' in ratio.bound ? 1.01 : 0.99;
  return valueAt(ratio.bound) * margin * rateIn(ratio.over, ofProfile, [...asked, scenario]);
}

function plantedCell(needs: readonly Need[], all: readonly Need[], index: number): JudgedCell {
  const [first] = needs;
  if (first === undefined) throw new Error('a cell is needed by nobody');
  const { scenario, effectsIn } = first.side;
  const rate = rateIn(scenario, sidesOf(first, all));
  const sinks = effectsIn === undefined ? [] : [{ name: `the effect ledger (${effectsIn} 18.4)` }];
  const plain = judgedAs(first, needs, index);
  const cell: JudgedCell = { ...plain, facts: { ...plain.facts, sinks }, backlog: null };
  const timed = timedIn(scenario, needs, all).reduce(
    (so, { figure }) => withValue(so, figure, rate),
    cell,
  );
  return needs.flatMap(({ side }) => side.shows).reduce(withFigure, timed);
}

function judgedAs(first: Need, needs: readonly Need[], index: number): JudgedCell {
  return judged({
    profile: {
      engine: first.engine,
      profile: first.profile,
      family: 'log',
      level: 'at-least-once',
      promises: [],
      claimedUnder: [],
      sendReply: true,
      cost: 1,
    },
    scenario: scenarioOf(first.side.scenario),
    index,
    checks: checkIds,
    seen: shownBy(needs.flatMap(({ side }) => side.shows)).map((check) => ({ check, count: 7 })),
  });
}

/** Of each list the first; what another expectation of the same cell forbids is never shown. */
function shownBy(shows: readonly Expectation[]): readonly CheckId[] {
  const first = shows.flatMap((one) => (one.is === 'seen' ? one.checks.slice(0, 1) : []));
  return [...new Set(first)];
}

function scenarioOf(id: string): Parameters<typeof judged>[0]['scenario'] {
  const found = scenarios.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no scenario is called ${id}`);
  const { summary, kind, under } = found;
  const faults = found.faults.map((fault, at) => ({
    kind: fault.kind,
    target: `node ${at}`,
    from: 1 + at,
    to: 1.5 + at,
    evidence: [],
  }));
  return { id, summary, kind, under, faults };
}

/** As if the fault had been disabled; where a scenario has none, as if what it asks about had not happened. */
export function withoutFaults(cells: readonly CellRecord[]): readonly CellRecord[] {
  return cells.filter(isJudged).map((cell): CellRecord => {
    if (cell.faults.length > 0) return { ...cell, faults: [] };
    const reason = 'nothing happened that could have shown it';
    const clauses = cell.clauses.map((clause) => ({
      ...clause,
      state: 'undecided' as const,
      count: 0,
      exposure: 0,
      reason,
    }));
    const unmeasured = { backlog: null, reading: null, replies: null, windows: [] };
    return { ...cell, ...unmeasured, clauses, verdict: 'inconclusive', reasons: [reason] };
  });
}

/** Without those of one side of every trial. */
export function withoutSide(
  cells: readonly CellRecord[],
  { trials }: Sentence,
  role: Role,
): readonly CellRecord[] {
  const gone = trials.flatMap((trial) =>
    Object.entries(trial.systems).map(
      ([engine, pair]) => `${engine}@${pair[role]}/${trial[role].scenario}`,
    ),
  );
  return cells.filter((cell) => !gone.includes(`${profileName(cell)}/${cell.scenario}`));
}
