import { describe, expect, it } from 'vitest';
import broker from '../../../engines/broker/engine.ts';
import log from '../../../engines/log/engine.ts';
import rabbitmq from '../../../engines/rabbitmq/engine.ts';
import sns from '../../../engines/sns/engine.ts';
import { checkIds } from '../../../harness/core/anomalies.ts';
import { expand } from '../../../harness/plan/expand.ts';
import type { Cell } from '../../../harness/plan/cell.ts';
import type { JudgedCell } from '../../../harness/record/schema.ts';
import { identityOf } from '../../../harness/run/cell-identity.ts';
import { controlOutcomes } from '../../../harness/run/controls.ts';
import { scenarios } from '../../../scenarios/catalog.ts';
import { judged } from '../../reports/fixtures/cell.ts';
import { defaultProfiles } from '../../reports/fixtures/profiles.ts';
import { defaultScenarios } from '../../reports/fixtures/scenarios.ts';

const [profile] = defaultProfiles;
const scenario = defaultScenarios.find((fixture) => fixture.id === 'broker-crash');
if (profile === undefined || scenario === undefined) throw new Error('fixture is incomplete');
const fixture = judged({ profile, scenario, index: 0 });

function planOf(
  engines: readonly (typeof broker | typeof log | typeof rabbitmq | typeof sns)[],
  scenarioId: string,
) {
  return expand({
    engines: engines.map((engine) => ({
      engine,
      module: `file:///${engine.id}.ts`,
      reference: engine.id,
      profiles: Object.keys(engine.profiles),
      target: { kind: 'started', provisioner: 'embedded', nodes: 1 } as const,
    })),
    scenarios: scenarios.filter(({ id }) => id === scenarioId),
    aims: [],
    roundsOf: {},
    rounds: 1,
    seed: 7,
    controls: true,
    deviations: [],
    day: '2026-11-23',
    program: 'ackmark',
    replayArguments: '',
    absentStores: {},
  });
}

/** The cell as it was judged, having seen these anomalies. */
function record(cell: Cell, ...seen: readonly string[]): JudgedCell {
  const { consumption } = cell.profile;
  const [some] = fixture.clauses;
  if (some === undefined) throw new Error('fixture has no clause');
  const others = checkIds.filter(
    (check) => seen.includes(check) && fixture.clauses.every((clause) => clause.check !== check),
  );
  return {
    ...fixture,
    ...identityOf(cell),
    facts: { ...fixture.facts, consumption },
    judging: { ...fixture.judging, waived: cell.profile.waived.map((one) => ({ ...one })) },
    clauses: [...fixture.clauses, ...others.map((check) => ({ ...some, check }))].map((clause) => ({
      ...clause,
      count: seen.includes(clause.check) ? 1 : 0,
    })),
  };
}

describe('the controls of a run', () => {
  it('are shown by any one anomaly that they name, in the cell of their plant', () => {
    const plan = planOf([log], 'producer-crash');
    const planted = plan.find(({ control }) => control.kind === 'planted');
    if (planted === undefined) throw new Error('nothing is planted');
    const outcome = (...seen: readonly string[]) =>
      controlOutcomes(plan, [record(planted, ...seen)]).map((one) => one.outcome);
    expect(outcome('D1')).toEqual(['shown']);
    expect(outcome('D4')).toEqual(['not-shown']);
    expect(controlOutcomes(plan, []).map((one) => one.outcome)).toEqual(['not-run']);
  });

  it('by a weaker level are shown only by a profile that consumes as they say', () => {
    const plan = planOf([log, rabbitmq], 'consumer-crash');
    const all = plan.map((cell) => record(cell, 'D10'));
    expect(controlOutcomes(plan, all)).toMatchObject([
      { engine: 'rabbitmq', outcome: 'shown', cell: 'rabbitmq@auto-ack/consumer-crash/1' },
    ]);
    const others = all.filter(({ facts }) => facts.consumption !== 'automatic');
    expect(controlOutcomes(plan, others)).toMatchObject([
      { engine: 'rabbitmq', outcome: 'not-run' },
    ]);
  });

  it('by a weaker level are not asked of a profile that promises beyond it what they show', () => {
    const plan = planOf([sns], 'lost-response');
    const ids = (cells: readonly Cell[]) => cells.map(({ profile: { name } }) => name);
    const promising = plan.filter(({ profile }) => profile.promises.includes('idempotent-produce'));
    expect(ids(promising)).toEqual(['fifo']);
    const records = promising.map((cell) => record(cell));
    expect(controlOutcomes(promising, records)).toEqual([]);
    expect(controlOutcomes(plan, records)).toMatchObject([
      { control: 'at-least-once', outcome: 'not-run' },
    ]);
  });

  it('by a profile that waives the clause are shown by such a one alone, where there is one', () => {
    const plan = planOf([log, rabbitmq], 'overload');
    const all = plan.map((cell) => record(cell, 'D1'));
    expect(controlOutcomes(plan, all)).toMatchObject([
      { engine: 'log', control: 'waived', cell: 'log@short-retention/overload/1' },
    ]);
    const waiving = ['short-retention', 'compacted'];
    const others = all.filter(({ profile }) => !waiving.includes(profile));
    expect(others.length).toBeGreaterThan(0);
    expect(controlOutcomes(plan, others)).toMatchObject([{ engine: 'log', outcome: 'not-run' }]);
  });

  it('by a profile without the promise are shown by none that makes it', () => {
    const plan = planOf([broker], 'poison-message');
    const promising = plan.filter(({ profile }) => profile.promises.includes('dead-letter'));
    const all = plan.map((cell) => record(cell, 'Q7'));
    const outcome = (records: readonly JudgedCell[]) =>
      controlOutcomes(plan, records).map((one) => [one.control, one.outcome]);
    expect(outcome(promising.map((cell) => record(cell, 'Q7')))).toEqual([
      ['without dead-letter', 'not-run'],
    ]);
    expect(outcome(all)).toEqual([['without dead-letter', 'shown']]);
    expect(outcome(plan.map((cell) => record(cell, 'D1')))).toEqual([
      ['without dead-letter', 'not-shown'],
    ]);
  });

  it('by a profile that does not claim the fault are shown by none that claims it', () => {
    const plan = planOf([log], 'power-loss');
    const all = plan.map((cell) => record(cell, 'D1'));
    const claiming = all.filter(({ claimed }) => claimed);
    expect(claiming.map(({ profile }) => profile)).toEqual(['fsync-every-batch']);
    expect(controlOutcomes(plan, claiming)).toMatchObject([
      { engine: 'log', control: 'unclaimed', outcome: 'not-run' },
    ]);
    expect(controlOutcomes(plan, all)).toMatchObject([{ outcome: 'shown' }]);
    const claimed = plan.filter((cell) => cell.claimed);
    expect(controlOutcomes(claimed, claiming)).toEqual([]);
  });
});
