import { catalog } from '../../../engines/catalog.ts';
import type { Control, FaultPlan, Scenario } from '../../../scenarios/scenario.ts';
import { suites } from '../../../scenarios/suites.ts';
import { type CheckId, clauseTitle } from '../../core/anomalies.ts';
import { whole } from '../../core/plural.ts';
import { loadTraits } from '../../plan/load-text.ts';
import { supportOf, targetFor } from '../../plan/support.ts';
import { aligned, wrapped } from '../prose.ts';

const kindMeaning: Readonly<Record<Scenario['kind'], string>> = {
  timed: 'timed: it has the machine to itself and carries a price',
  conformance: 'conformance: it may share the machine and carries no price',
};

/** What a scenario does to whom, what must come of it, and who can be put to it. */
export async function scenarioText(scenario: Scenario, columns: number): Promise<string> {
  const { id, summary, kind, under, exposes, controls } = scenario;
  const { able, unable } = await profilesFor(scenario);
  const parts = [
    `${id}  a scenario`,
    wrapped(summary, columns, '  '),
    aligned(
      [
        ['kind', kindMeaning[kind]],
        ['claims', `those that are made under ${under}`],
        ...faultRows(scenario.faults),
        ...guardRows(scenario),
        ['in the suites', suitesWith(id).join(', ') || 'none; run it by name'],
      ],
      '  ',
    ),
    `The load, as far as flags and suites say nothing else\n${aligned(Object.entries(loadTraits(scenario)), '  ')}`,
  ];
  if (exposes.length > 0) parts.push(`What it can show\n${clauses(exposes)}`);
  if (controls.length > 0) {
    const rows = controls.map((control) => [controlText(control), control.shows.join(', ')]);
    parts.push(
      `Its controls, and what each must show, so that a pass means something\n${aligned(rows, '  ')}`,
    );
  }
  parts.push(
    able.length === 0
      ? 'No profile here can be put to it.'
      : `Who can be put to it\n${wrapped(able.join(', '), columns, '  ')}`,
  );
  if (unable.length > 0) parts.push(`Who cannot\n${aligned(unable, '  ')}`);
  parts.push(`  ackmark run --scenario ${id} --engine ${able[0] ?? '…'}`);
  return parts.join('\n\n');
}

function clauses(ids: readonly CheckId[]): string {
  return aligned(
    ids.map((id) => [id, clauseTitle[id]]),
    '  ',
  );
}

function faultRows(faults: readonly FaultPlan[]): string[][] {
  if (faults.length === 0) return [['fault', 'none']];
  return faults.map((fault) => {
    const { kind, at, ...rest } = fault;
    const how = Object.entries(rest).map(([name, value]) => `${name} ${valueText(value)}`);
    const told = how.length === 0 ? '' : ` (${how.join(', ')})`;
    return ['fault', `when ${whole(at * 100)} % of the load has left: ${kind}${told}`];
  });
}

/** `bind 1,3`, `of tap analytics, holding 50`. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : value.join(',');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, one]) => `${name} ${valueText(one)}`)
    .join(', ');
}

function guardRows({ guards }: Scenario): string[][] {
  const { minimumAcknowledged, minimumDelivered, minimumInFlightAtFault } = guards;
  const asks = [
    `${whole(minimumAcknowledged)} acknowledged`,
    `${whole(minimumDelivered)} delivered`,
    ...(minimumInFlightAtFault > 0
      ? [`${whole(minimumInFlightAtFault)} in flight or unsettled at the fault`]
      : []),
  ];
  return [['inconclusive below', asks.join(', ')]];
}

function controlText(control: Control): string {
  switch (control.kind) {
    case 'weaker-level':
      return `a profile of level ${control.level}`;
    case 'without-promise':
      return `a profile that does not promise ${control.promise}`;
    case 'waived':
      return 'a profile that waives one of these';
    case 'unclaimed':
      return 'a profile that does not claim to survive the fault';
    case 'planted':
      return `the defect ${control.plant}, planted between engine and harness`;
  }
}

function suitesWith(scenario: string): readonly string[] {
  return Object.entries(suites).flatMap(([name, { scenarios }]) =>
    scenarios.some(({ id }) => id === scenario) ? [name] : [],
  );
}

/** On each engine's default target. Engines of which no profile can are told with the first reason. */
async function profilesFor(scenario: Scenario) {
  const able: string[] = [];
  const unable: string[][] = [];
  for (const { load, defaultTarget } of catalog) {
    const { default: engine } = await load();
    const isStarted = engine.provisioners[defaultTarget] !== undefined;
    const target = targetFor(
      scenario,
      engine,
      isStarted
        ? { kind: 'started', provisioner: defaultTarget, nodes: 1 }
        : { kind: 'external', url: '' },
    );
    const supports = Object.entries(engine.profiles).map(([name, profile]) => ({
      name,
      support: supportOf(scenario, engine, profile, target, {}),
    }));
    const names = supports.flatMap(({ name, support }) =>
      support.is === 'supported' ? [`${engine.id}@${name}`] : [],
    );
    able.push(...names);
    const [first] = supports;
    if (names.length === 0 && first?.support.is === 'unsupported') {
      unable.push([engine.id, first.support.reason]);
    }
  }
  return { able, unable };
}
