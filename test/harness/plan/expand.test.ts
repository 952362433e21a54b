import { describe, expect, it } from 'vitest';
import type { Capability } from '../../../engines/engine.ts';
import log from '../../../engines/log/engine.ts';
import { expand, type PlanRequest, type SelectedEngine } from '../../../harness/plan/expand.ts';
import { atPoint, pointsOf } from '../../../harness/plan/sweep.ts';
import { brokerCrash } from '../../../scenarios/broker-crash.ts';
import { scenarios } from '../../../scenarios/catalog.ts';
import { fanOut } from '../../../scenarios/fan-out.ts';
import { leaderCrash } from '../../../scenarios/leader-crash.ts';
import { lostResponse } from '../../../scenarios/lost-response.ts';

const request: PlanRequest = {
  engines: [
    {
      engine: log,
      module: 'file:///log.ts',
      reference: 'log',
      profiles: Object.keys(log.profiles),
      target: { kind: 'started', provisioner: 'embedded', nodes: 1 },
    },
  ],
  scenarios,
  aims: [],
  rounds: 2,
  roundsOf: {},
  seed: 7,
  controls: true,
  deviations: [],
  day: '2026-11-23',
  program: 'npm run -s ackmark --',
  replayArguments: ' --target embedded',
  absentStores: {},
};

describe('the plan', () => {
  it('tells of each cell the command that replays it, as it can be typed here', () => {
    const [cell] = expand(request);
    expect(cell?.replay).toMatch(
      /^npm run -s ackmark -- run --engine log@[\w-]+ --scenario steady --seed 7 --target embedded$/,
    );
  });

  it('is plain data: it survives JSON', () => {
    const cells = expand(request);
    expect(JSON.parse(JSON.stringify(cells))).toEqual(cells);
  });

  it('holds every profile × scenario × round, with unique ids and seeds', () => {
    const cells = expand({ ...request, controls: false });
    expect(cells).toHaveLength(Object.keys(log.profiles).length * scenarios.length * 2);
    expect(new Set(cells.map((cell) => cell.id)).size).toBe(cells.length);
    expect(new Set(cells.map((cell) => cell.seed)).size).toBe(cells.length);
  });

  it('plays every second round backwards (ABBA), over all profiles and scenarios', () => {
    const round = (number: number): readonly string[] =>
      expand({ ...request, rounds: 4, controls: false })
        .filter((cell) => cell.round === number)
        .map(({ profile, scenario }) => `${profile.name}/${scenario.id}`);
    expect(round(2)).toEqual(round(1).toReversed());
    expect(round(3)).toEqual(round(1));
    expect(round(4)).toEqual(round(2));
    const indexes = expand({ ...request, rounds: 2 }).map(({ index }) => index);
    expect(indexes).toEqual(indexes.map((_, at) => at));
  });

  it('gives no profile a later place than another, taken over two rounds', () => {
    const cells = expand({ ...request, rounds: 2, controls: false });
    const places = new Map<string, number>();
    for (const { profile, scenario, index } of cells) {
      const name = `${profile.name}/${scenario.id}`;
      places.set(name, (places.get(name) ?? 0) + index);
    }
    expect(new Set(places.values()).size).toBe(1);
  });

  it('runs a scenario another number of times than the others where that is asked', () => {
    const cells = expand({ ...request, rounds: 3, roundsOf: { steady: 1, 'broker-crash': 5 } });
    const roundsOf = (id: string): readonly number[] => [
      ...new Set(
        cells
          .filter(({ scenario, control }) => scenario.id === id && control.kind === 'none')
          .map(({ round }) => round),
      ),
    ];
    expect(roundsOf('steady')).toEqual([1]);
    expect(roundsOf('lost-response')).toEqual([1, 2, 3]);
    expect(roundsOf('broker-crash')).toEqual([1, 2, 3, 4, 5]);
  });

  it('asks one profile more often than another where the suite aims so', () => {
    const aims = ['acks-1', 'acks-all'].map((profile) => ({
      scenario: 'broker-crash',
      engine: 'log',
      profile,
      rounds: profile === 'acks-all' ? 3 : undefined,
    }));
    const cells = expand({ ...request, aims, controls: false, roundsOf: { 'broker-crash': 2 } });
    const rounds = (profile: string): readonly number[] =>
      cells
        .filter((cell) => cell.scenario.id === 'broker-crash' && cell.profile.name === profile)
        .map(({ round }) => round);
    expect([rounds('acks-1'), rounds('acks-all')]).toEqual([
      [1, 2],
      [1, 2, 3],
    ]);
  });

  it('asks a scenario only of the profiles that the suite aims it at, the control of their strongest', () => {
    const aims = [
      { scenario: 'rebalance', engine: 'log', profile: 'acks-0', rounds: undefined },
      { scenario: 'rebalance', engine: 'log', profile: 'acks-1', rounds: undefined },
      { scenario: 'steady', engine: 'log', profile: undefined, rounds: undefined },
      { scenario: 'broker-crash', engine: 'queue', profile: undefined, rounds: undefined },
    ];
    const cells = expand({ ...request, aims, rounds: 1 });
    const profilesOf = (scenario: string, control: 'none' | 'planted'): readonly string[] => [
      ...new Set(
        cells
          .filter((cell) => cell.scenario.id === scenario && cell.control.kind === control)
          .map((cell) => cell.profile.name),
      ),
    ];
    expect(profilesOf('rebalance', 'none')).toEqual(['acks-0', 'acks-1']);
    expect(profilesOf('rebalance', 'planted')).toEqual(['acks-1']);
    expect(profilesOf('steady', 'none')).toEqual(Object.keys(log.profiles));
    expect(profilesOf('lost-response', 'none')).toEqual(Object.keys(log.profiles));
    expect(profilesOf('broker-crash', 'none')).toEqual([]);
  });

  it('changes every cell’s seed with the run’s seed, and nothing else', () => {
    const one = expand(request);
    const other = expand({ ...request, seed: 8 });
    expect(other.map((cell) => cell.id)).toEqual(one.map((cell) => cell.id));
    expect(other.some((cell, index) => cell.seed === one[index]?.seed)).toBe(false);
    expect(expand(request)).toEqual(one);
  });

  it('lets a control claim nothing', () => {
    const controls = expand(request).filter((cell) => cell.control.kind === 'planted');
    expect(controls.length).toBeGreaterThan(0);
    expect(controls.every((cell) => !cell.claimed)).toBe(true);
  });

  it('plants controls at the profile that promises most, in whatever order they are named', () => {
    const [engine] = request.engines;
    if (engine === undefined) throw new Error('the request names no engine');
    const profiles = engine.profiles.toReversed();
    const controls = expand({ ...request, engines: [{ ...engine, profiles }] }).filter(
      (cell) => cell.control.kind === 'planted',
    );
    expect(new Set(controls.map((cell) => cell.profile.name))).toEqual(new Set(['keyed-effects']));
  });

  it('tells what a target is set up with, profile by profile', () => {
    const settings = new Map(
      expand(request).map(({ profile, engine }) => [profile.name, engine.settings]),
    );
    const clean = { 'min-in-sync': '2', 'unclean-election': 'false' };
    expect(settings.get('acks-all')).toEqual({ fsync: 'never', ...clean });
    expect(settings.get('fsync-interval')).toEqual({ fsync: 'interval:100', ...clean });
    expect(settings.get('unclean')).toMatchObject({ 'unclean-election': 'true' });
  });

  it('says why a target cannot lose its power', () => {
    const [selected] = request.engines;
    if (selected === undefined) throw new Error('the request names no engine');
    const on = (target: SelectedEngine['target'], engine: SelectedEngine['engine'] = log) =>
      expand({ ...request, engines: [{ ...selected, engine, target }] }).find(
        ({ scenario }) => scenario.id === 'power-loss',
      )?.support;
    const started = { kind: 'started', provisioner: 'embedded', nodes: 1 } as const;
    expect(on(started)).toEqual({ is: 'supported' });
    expect(on(started, { ...log, losesPower: [] })).toMatchObject({
      reason: 'a node of embedded cannot lose its power here',
    });
    expect(on({ kind: 'external', url: 'log://elsewhere:1' })).toMatchObject({
      reason: 'the broker’s machine is not ours to switch off',
    });
  });

  it('has no proxy before a target that runs elsewhere', () => {
    const [selected] = request.engines;
    if (selected === undefined) throw new Error('the request names no engine');
    const target = { kind: 'external', url: 'log://elsewhere:1' } as const;
    const [cell] = expand({
      ...request,
      scenarios: [lostResponse],
      engines: [{ ...selected, target }],
    });
    expect(cell?.support).toEqual({
      is: 'unsupported',
      reason: 'the fault proxy stands only before targets that are started here',
    });
  });

  it('gives a scenario the nodes that it needs, where the target can be several', () => {
    const [selected] = request.engines;
    if (selected === undefined) throw new Error('the request names no engine');
    const on = (target: SelectedEngine['target'], replicates: readonly string[]) =>
      expand({
        ...request,
        scenarios: [brokerCrash, leaderCrash],
        engines: [{ ...selected, engine: { ...log, replicates }, target }],
      }).filter(({ control, round }) => control.kind === 'none' && round === 1);
    const started = { kind: 'started', provisioner: 'embedded', nodes: 1 } as const;
    const nodesOf = (cells: ReturnType<typeof on>, id: string) =>
      cells.find(({ scenario }) => scenario.id === id)?.engine.target;
    const cluster = on(started, ['embedded']);
    expect(nodesOf(cluster, 'leader-crash')).toEqual({ ...started, nodes: 3 });
    expect(nodesOf(cluster, 'broker-crash')).toEqual(started);
    const single = on(started, []).find(({ scenario }) => scenario.id === 'leader-crash');
    expect(single?.engine.target).toEqual(started);
    expect(single?.support).toMatchObject({
      reason: 'embedded is one node, and nothing is replicated',
    });
    const elsewhere = on({ kind: 'external', url: 'log://elsewhere:1' }, ['embedded']);
    expect(elsewhere.at(-1)?.support).toMatchObject({
      reason: 'the broker’s nodes are not ours to kill',
    });
  });

  it('replays a point of a sweep by a sweep of that point, under the same name and load', () => {
    const [steady] = scenarios;
    if (steady === undefined) throw new Error('the catalogue is empty');
    const points = pointsOf([{ axis: 'payload', values: ['100', 'uniform:1k..2k'] }]).map(
      (point, index) => atPoint(steady, point, index),
    );
    const cells = expand({ ...request, scenarios: points, rounds: 1, controls: false });
    expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
    expect(cells.at(-1)?.id).toMatch(/^log@[\w-]+\/steady\+payload=uniform:1k..2k\/1$/);
    expect(cells.at(-1)?.replay).toContain(
      '--scenario steady --seed 7 --target embedded --sweep payload=uniform:1k..2k',
    );
    expect(new Set(cells.map(({ loadSeed }) => loadSeed)).size).toBe(1);
  });

  it('replays a later round by running as many, because each has a seed of its own', () => {
    const replays = expand({ ...request, controls: false }).map((cell) => [
      cell.round,
      cell.replay,
    ]);
    for (const [round, replay] of replays) {
      if (round === 1) expect(replay).not.toContain('--rounds');
      else expect(replay).toContain(`--seed 7 --rounds ${round}`);
    }
  });

  it('says why a fire-and-forget profile cannot lose an answer', () => {
    const cell = expand(request).find((c) => c.id === 'log@acks-0/lost-response/1');
    expect(cell?.support).toMatchObject({
      is: 'unsupported',
      reason: expect.stringContaining('no answer'),
    });
  });

  it('says why a profile for one node has no leader to lose', () => {
    const engines = request.engines.map((one) => ({ ...one, profiles: ['tiered'] }));
    const [cell] = expand({ ...request, engines, scenarios: [leaderCrash] });
    expect(cell?.support).toEqual({
      is: 'unsupported',
      reason: 'the journal of a replica has no tier',
    });
  });

  it('says why there is no fan-out where a destination has one subscription only', () => {
    const only = (capabilities: readonly Capability[]) => {
      const traits: typeof log.traits = (options) => ({
        ...log.traits(options),
        capabilities: new Set(capabilities),
      });
      const engines = request.engines.map((one) => ({ ...one, engine: { ...log, traits } }));
      return expand({ ...request, engines, scenarios: [fanOut] })[0]?.support;
    };
    expect(only(['keys'])).toEqual({
      is: 'unsupported',
      reason: 'a destination has one subscription only',
    });
    for (const capability of ['routing', 'replay'] as const) {
      expect(only([capability])).toEqual({ is: 'supported' });
    }
  });

  it('replays a cell of a path with a blank by quoting it', () => {
    const [cell] = expand({
      ...request,
      engines: request.engines.map((engine) => ({ ...engine, reference: './my engine.ts' })),
    });
    expect(cell?.replay).toContain(`--engine './my engine.ts@acks-0'`);
  });
});
