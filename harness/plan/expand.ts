import type { Engine, Traits } from '../../engines/engine.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { strengthOf } from '../core/clauses.ts';
import { type Deviation, deviationsOn } from '../core/deviations.ts';
import { invariant } from '../core/errors.ts';
import { hashText } from '../core/random.ts';
import { shellWord } from '../core/shell-word.ts';
import type { Cell, PlannedControl, PlannedTraits, TargetChoice } from './cell.ts';
import { catalogName, sweepWords } from './sweep.ts';
import { type AbsentStores, supportOf, targetFor } from './support.ts';

/** An engine as the command line resolved it, with the profiles to run. */
export interface SelectedEngine {
  readonly engine: Engine;
  readonly module: string;
  /** How it was named: an id, or the path of a module; for the replay command. */
  readonly reference: string;
  readonly profiles: readonly string[];
  readonly target: TargetChoice;
}

/** A deviation that a suite tells of one profile. */
export interface ProfileDeviation extends Deviation {
  /** As in `SelectedEngine.reference`. */
  readonly engine: string;
  readonly profile: string;
}

/** A suite's word that a scenario is for this engine, or for one profile of it, and for no other that it does not name. */
export interface ScenarioAim {
  readonly scenario: string;
  /** As in `SelectedEngine.reference`. */
  readonly engine: string;
  /** Undefined: every profile of the engine. */
  readonly profile: string | undefined;
  /** How often, of the rounds of the scenario; undefined: in all. */
  readonly rounds: number | undefined;
}

export interface PlanRequest {
  readonly engines: readonly SelectedEngine[];
  readonly scenarios: readonly Scenario[];
  /** A scenario that none of them names is for every profile. */
  readonly aims: readonly ScenarioAim[];
  readonly rounds: number;
  /** Of scenarios that are run another number of times than `rounds`, by id. */
  readonly roundsOf: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly controls: boolean;
  /** Besides those of the profiles. */
  readonly deviations: readonly ProfileDeviation[];
  /** The day of the run in UTC, `YYYY-MM-DD`: what decides which deviations have expired. */
  readonly day: string;
  /** How the harness is called from a shell, for the replay command. */
  readonly program: string;
  /** Arguments beyond engine, scenario and seed that a replay must repeat. */
  readonly replayArguments: string;
  /** Of the systems that effects can be in, those that cannot be had here, with the reason. */
  readonly absentStores: AbsentStores;
}

/**
 * Messages of a planted control: it must show a defect, not a price. Of those one in two hundred has one; a fault that
 * strikes meanwhile must find the load still under way.
 */
const controlMessagesOf = ({ faults }: Scenario): number => (faults.length === 0 ? 4_000 : 12_000);

/**
 * The cells of a run in their order: scenario by scenario, so that profiles are compared under like
 * conditions. Rounds are interleaved, every second one backwards (ABBA), so that a machine which grows slower or
 * faster does so for all alike. Planted controls run once per engine, at its strongest level.
 */
export function expand(request: PlanRequest): readonly Cell[] {
  const cells: Cell[] = [];
  const roundsOf = (scenario: Scenario): number =>
    request.roundsOf[catalogName(scenario)] ?? request.rounds;
  const aimed = request.aims.flatMap(({ rounds }) => rounds ?? []);
  const most = Math.max(...request.scenarios.map(roundsOf), ...aimed);
  for (let round = 1; round <= most; round += 1) {
    const forwards = treatmentsOf(request).filter(
      (treatment) => round <= (aimedRounds(request, treatment) ?? roundsOf(treatment.scenario)),
    );
    for (const { selected, name, scenario } of round % 2 === 1 ? forwards : forwards.toReversed()) {
      const index = cells.length;
      cells.push(cellOf(request, selected, name, scenario, round, { kind: 'none' }, index));
    }
  }
  if (!request.controls) return cells;
  for (const scenario of request.scenarios) {
    for (const selected of request.engines) {
      const strongest = strongestOf(selected.engine, aimedAt(request, scenario, selected));
      if (strongest === undefined) continue;
      for (const control of scenario.controls) {
        if (control.kind !== 'planted') continue;
        cells.push(
          cellOf(request, selected, strongest, controlled(scenario), 1, control, cells.length),
        );
      }
    }
  }
  return cells;
}

interface Treatment {
  readonly scenario: Scenario;
  readonly selected: SelectedEngine;
  readonly name: string;
}

/** One round, forwards. */
function treatmentsOf(request: PlanRequest): readonly Treatment[] {
  return request.scenarios.flatMap((scenario) =>
    request.engines.flatMap((selected) =>
      aimedAt(request, scenario, selected).map((name) => ({ scenario, selected, name })),
    ),
  );
}

/** The profiles of an engine that a scenario is for. */
function aimedAt(
  { aims }: PlanRequest,
  scenario: Scenario,
  selected: SelectedEngine,
): readonly string[] {
  const said = aims.filter((aim) => aim.scenario === catalogName(scenario));
  if (said.length === 0) return selected.profiles;
  return selected.profiles.filter((name) => said.some((aim) => hits(aim, selected, name)));
}

/** Undefined: as often as the scenario is run. */
function aimedRounds(
  { aims }: PlanRequest,
  { scenario, selected, name }: Treatment,
): number | undefined {
  const own = aims.filter(
    (aim) => aim.scenario === catalogName(scenario) && hits(aim, selected, name),
  );
  const rounds = own.flatMap((aim) => aim.rounds ?? []);
  return rounds.length === 0 ? undefined : Math.max(...rounds);
}

function hits(aim: ScenarioAim, { reference }: SelectedEngine, name: string): boolean {
  return aim.engine === reference && (aim.profile ?? name) === name;
}

/** The profile that promises most, in whatever order they were named; of equals the last. */
function strongestOf(engine: Engine, profiles: readonly string[]): string | undefined {
  const strength = (name: string): number => {
    const profile = engine.profiles[name];
    return profile === undefined ? -1 : strengthOf(profile);
  };
  return profiles.toSorted((a, b) => strength(a) - strength(b)).at(-1);
}

function cellOf(
  request: PlanRequest,
  selected: SelectedEngine,
  name: string,
  scenario: Scenario,
  round: number,
  control: PlannedControl,
  index: number,
): Cell {
  const { engine } = selected;
  const profile = engine.profiles[name];
  invariant(profile !== undefined, `${engine.id} has no profile ${name}`);
  const traits = engine.traits(profile.options);
  const target = targetFor(scenario, engine, selected.target);
  const swept = sweepWords(scenario)
    .map((word) => ` --sweep ${shellWord(word)}`)
    .join('');
  const rounds = round === 1 ? '' : ` --rounds ${round}`;
  const suffix = control.kind === 'none' ? '' : `/control-${control.plant}`;
  const id = `${engine.id}@${name}/${scenario.id}/${round}${suffix}`;
  const claimed =
    control.kind === 'none' &&
    (scenario.under === 'none' || profile.claimedUnder.includes(scenario.under));
  return {
    id,
    index,
    engine: {
      id: engine.id,
      family: engine.family,
      module: selected.module,
      target,
      settings: engine.targetSettings?.(profile.options) ?? {},
      isLight: isLight(engine, target),
    },
    profile: {
      name,
      level: profile.level,
      promises: profile.promises,
      waived: profile.waived,
      consumption: profile.consumption,
      transform: profile.transform ?? 'without-transactions',
      outsideEffects: profile.outsideEffects ?? 'each-time',
      undecodable: profile.undecodable ?? 'set-aside',
      collected: profile.collected ?? 'written-before-committed',
      spread: profile.spread ?? 'by-key',
      replies: profile.replies ?? 'by-correlation-id',
      source: profile.source,
      editions: profile.editions ?? [],
      options: profile.options,
    },
    traits: plannedTraits(traits),
    scenario,
    round,
    seed: hashText(`${request.seed}:${id}`),
    loadSeed: hashText(`${request.seed}:load:${catalogName(scenario)}/${round}`),
    control,
    claimed,
    deviations: deviationsOn(
      [...profile.deviations, ...ofProfile(request.deviations, selected.reference, name)],
      { under: scenario.under, target: targetKind(target), day: request.day },
    ),
    support: supportOf(scenario, engine, profile, target, request.absentStores),
    replay:
      `${request.program} run --engine ${shellWord(`${selected.reference}@${name}`)} --scenario ${catalogName(scenario)} ` +
      `--seed ${request.seed}${rounds}${request.replayArguments}${swept}`,
  };
}

function ofProfile(
  deviations: readonly ProfileDeviation[],
  engine: string,
  profile: string,
): readonly ProfileDeviation[] {
  return deviations.filter((one) => one.engine === engine && one.profile === profile);
}

/** Embedded targets are light, and those that the engine calls so. */
function isLight({ light = [] }: Pick<Engine, 'light'>, target: TargetChoice): boolean {
  return target.kind === 'started' && ['embedded', ...light].includes(target.provisioner);
}

function targetKind(target: TargetChoice): string {
  return target.kind === 'started' ? target.provisioner : target.kind;
}

/** A control shares the machine and needs no warm-up: it carries no price. */
function controlled(scenario: Scenario): Scenario {
  const { load } = scenario.workload;
  const most = controlMessagesOf(scenario);
  return {
    ...scenario,
    kind: 'conformance',
    workload: {
      ...scenario.workload,
      load: { ...load, messages: Math.min(load.messages, most), warmupMessages: 0 },
    },
    guards: {
      ...scenario.guards,
      minimumAcknowledged: Math.min(scenario.guards.minimumAcknowledged, most / 2),
      minimumDelivered: Math.min(scenario.guards.minimumDelivered, most / 2),
      minimumExposure: {},
    },
  };
}

function plannedTraits(traits: Traits): PlannedTraits {
  return {
    capabilities: [...traits.capabilities],
    ackReply: traits.ackReply,
    sendReply: traits.sendReply,
    retriedBy: traits.retriedBy,
    sendLimit: traits.sendLimit,
    settleLimit: traits.settleLimit,
    receiveLimit: traits.receiveLimit,
    isolation: traits.isolation ?? 'none',
    places: traits.places ?? 'dense',
    replicated: traits.replicated ?? true,
    ...(traits.throttledCode === undefined ? {} : { throttledCode: traits.throttledCode }),
    ...(traits.quota === undefined ? {} : { quota: traits.quota }),
  };
}
