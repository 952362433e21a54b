import { type CheckId, checkIds } from '../../../harness/core/anomalies.ts';
import { isJudged, profileName } from '../../../harness/record/cell-questions.ts';
import type { CellRecord, JudgedCell } from '../../../harness/record/schema.ts';
import { scenarios } from '../../../scenarios/catalog.ts';
import type { Expectation, Sentence, Side } from '../../../scenarios/textbook/sentence.ts';
import { judged } from '../../reports/fixtures/cell.ts';

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
        { engine, profile: pair.treatment, side: trial[showing] },
      ]),
  );
  const byCell = Map.groupBy(needs, ({ engine, profile, side }) =>
    [engine, profile, side.scenario].join(' '),
  );
  return [...byCell.values()].map((all, index) => plantedCell(all, index));
}

function plantedCell(needs: readonly Need[], index: number): JudgedCell {
  const [first] = needs;
  if (first === undefined) throw new Error('a cell is needed by nobody');
  const shows = needs.flatMap(({ side }) => side.shows);
  const cell = judged({
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
    seen: shownBy(shows).map((check) => ({ check, count: 7 })),
  });
  const { effectsIn } = first.side;
  const sinks = effectsIn === undefined ? [] : [{ name: `the effect ledger (${effectsIn} 18.4)` }];
  return shows.reduce(withFigure, { ...cell, facts: { ...cell.facts, sinks } });
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

function withFigure(cell: JudgedCell, expectation: Expectation): JudgedCell {
  if (expectation.is !== 'figure') return cell;
  const { figure, bound } = expectation;
  const value = 'least' in bound ? bound.least : bound.most;
  if (figure.of === 'counts') return { ...cell, counts: { ...cell.counts, [figure.name]: value } };
  const evidence = { name: figure.name, value: value === 0 ? 'none' : `${value}, by 2 of them` };
  const faults = cell.faults.map((fault) =>
    fault.kind === figure.kind ? { ...fault, evidence: [...fault.evidence, evidence] } : fault,
  );
  return { ...cell, faults };
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
    return { ...cell, clauses, verdict: 'inconclusive', reasons: [reason] };
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
