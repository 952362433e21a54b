import { type CheckId, checkIds } from '../../../harness/core/anomalies.ts';
import { isJudged, profileName } from '../../../harness/record/cell-questions.ts';
import type { ReadingRecord } from '../../../harness/record/reading-schema.ts';
import type { CellRecord, JudgedCell } from '../../../harness/record/schema.ts';
import { scenarios } from '../../../scenarios/catalog.ts';
import { fewestRounds } from '../../../harness/textbook/observe-ratio.ts';
import type {
  Bound,
  CountdownFigure,
  Expectation,
  ReadersFigure,
  Sentence,
  Side,
  Trial,
} from '../../../scenarios/textbook/sentence.ts';
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
    const rounds = cell.backlog === null ? 1 : fewestRounds;
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

/** What the ratios of a need are measured by. */
function basesOf({ engine, profile, side }: Need): readonly Need[] {
  return ratiosOf([side]).map(({ over }) => ({
    engine,
    profile,
    side: { scenario: over, shows: [] },
  }));
}

function ratiosOf(sides: readonly Side[]): readonly Extract<Expectation, { is: 'ratio' }>[] {
  return sides.flatMap(({ shows }) => shows).filter((one) => one.is === 'ratio');
}

/** A little beyond what its ratio to another scenario asks for, whatever that one has; 100 where nothing is asked. */
function rateIn(scenario: string, ofProfile: readonly Side[]): number {
  const [ratio] = ratiosOf(ofProfile.filter((side) => side.scenario === scenario));
  if (ratio === undefined) return 100;
  const margin = 'least' in ratio.bound ? 1.01 : 0.99;
  return valueAt(ratio.bound) * margin * rateIn(ratio.over, ofProfile);
}

const valueAt = (bound: Bound): number => ('least' in bound ? bound.least : bound.most);

function plantedCell(needs: readonly Need[], all: readonly Need[], index: number): JudgedCell {
  const [first] = needs;
  if (first === undefined) throw new Error('a cell is needed by nobody');
  const { engine, profile } = first;
  const sides = all
    .filter((need) => need.engine === engine && need.profile === profile)
    .map(({ side }) => side);
  const { scenario } = first.side;
  const isMeasured =
    ratiosOf(needs.map(({ side }) => side)).length > 0 ||
    ratiosOf(sides).some(({ over }) => over === scenario);
  const ratePerSecond = rateIn(scenario, sides);
  const { effectsIn } = first.side;
  const sinks = effectsIn === undefined ? [] : [{ name: `the effect ledger (${effectsIn} 18.4)` }];
  const plain = judgedAs(first, needs, index);
  const cell: JudgedCell = {
    ...plain,
    facts: { ...plain.facts, sinks },
    backlog: isMeasured ? { messages: 1_000, tookNs: 1e9, ratePerSecond } : null,
  };
  return needs.flatMap(({ side }) => side.shows).reduce(withFigure, cell);
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

function withFigure(cell: JudgedCell, expectation: Expectation): JudgedCell {
  if (expectation.is !== 'figure') return cell;
  const { figure, bound } = expectation;
  const value = valueAt(bound);
  switch (figure.of) {
    case 'counts':
      return { ...cell, counts: { ...cell.counts, [figure.name]: value } };
    case 'backlog':
      return { ...cell, backlog: { messages: 1_000, tookNs: 1e9, ratePerSecond: value } };
    case 'readers':
      return { ...cell, reading: withReaders(cell.reading ?? nobody, figure.name, value) };
    case 'partitions': {
      if (figure.name === 'keys-in-several') {
        const keys = { stored: 64, inSeveral: value };
        return { ...cell, reading: { ...(cell.reading ?? nobody), keys } };
      }
      const scopes = [value, 100 - value].map((mostUnread, scope) => ({
        scope,
        stored: 100,
        mostUnread,
      }));
      return { ...cell, reading: { ...(cell.reading ?? nobody), scopes, scopesTotal: 2 } };
    }
    case 'countdown':
      return { ...cell, reading: withCountdown(cell.reading ?? nobody, figure.name, value) };
    case 'fault': {
      const told = { name: figure.name, value: value === 0 ? 'none' : `${value}, by 2 of them` };
      const faults = cell.faults.map((fault) =>
        fault.kind === figure.kind ? { ...fault, evidence: [...fault.evidence, told] } : fault,
      );
      return { ...cell, faults };
    }
  }
}

const nobody: ReadingRecord = {
  consumers: [{ name: 'consumer-1', delivered: 100, mostHeld: 1 }],
  consumersTotal: 1,
  scopes: [],
  scopesTotal: 0,
  keys: { stored: 0, inSeveral: 0 },
  countdown: null,
};

/** As many that are idle, or one that holds so much. */
function withReaders(reading: ReadingRecord, name: ReadersFigure, value: number): ReadingRecord {
  const more =
    name === 'idle'
      ? Array.from({ length: value }, (_, at) => ({
          name: `idle-${at}`,
          delivered: 0,
          mostHeld: 0,
        }))
      : [{ name: 'holder', delivered: value, mostHeld: value }];
  const consumers = [...reading.consumers, ...more];
  return { ...reading, consumers, consumersTotal: consumers.length };
}

function withCountdown(
  reading: ReadingRecord,
  name: CountdownFigure,
  value: number,
): ReadingRecord {
  const known = reading.countdown ?? { skipped: 0, first: null };
  if (name === 'skipped') return { ...reading, countdown: { ...known, skipped: value } };
  const first = known.first ?? {
    scope: 0,
    atNs: 2e9,
    kept: 256,
    leftByHalfNs: 0,
    leftByNineTenthsNs: 0,
    leftByGrowthNs: 0,
  };
  const key = {
    half: 'leftByHalfNs',
    'nine-tenths': 'leftByNineTenthsNs',
    growth: 'leftByGrowthNs',
  };
  return {
    ...reading,
    countdown: { skipped: known.skipped + 1, first: { ...first, [key[name]]: value * 1e6 } },
  };
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
    const unmeasured = { backlog: null, reading: null };
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
