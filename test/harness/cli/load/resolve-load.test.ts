import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rmSync } from 'node:fs';
import {
  loadedScenarios,
  loadSaid,
  replayedLoad,
} from '../../../../harness/cli/load/resolve-load.ts';
import { sweepOf } from '../../../../harness/cli/load/sweep-text.ts';
import type { LoadTexts } from '../../../../harness/cli/load/load-options.ts';
import type { Problem } from '../../../../harness/cli/problems.ts';
import { parseSuite } from '../../../../harness/cli/suite-file.ts';
import { sweepWords } from '../../../../harness/plan/sweep.ts';
import { loadTraits } from '../../../../harness/plan/load-text.ts';
import { backlog } from '../../../../scenarios/backlog.ts';
import { faultedWorkload } from '../../../../scenarios/faulted-workload.ts';
import { leaderCrash } from '../../../../scenarios/leader-crash.ts';
import type { Scenario } from '../../../../scenarios/scenario.ts';
import { steady } from '../../../../scenarios/steady.ts';

const closed: Scenario = {
  ...steady,
  id: 'closed',
  workload: {
    ...faultedWorkload,
    load: { kind: 'closed', window: 8, messages: 1_000, warmupMessages: 0 },
  },
};

function loaded(
  flags: LoadTexts,
  suite = '{}',
  scenarios: readonly Scenario[] = [steady],
  words?: readonly string[],
) {
  const problems: Problem[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-load-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'trace.txt'), 's\n0\n1\n4\n');
  writeFileSync(join(directory, 'bad.txt'), '0\nx\n');
  const document = parseSuite(suite, 'suite.yaml');
  const sweep = sweepOf(words, flags, document, problems);
  const found = loadedScenarios(scenarios, { flags, sweep, document, directory }, problems);
  const { load } = found[0]?.workload ?? steady.workload;
  return { load, problems, scenarios: found, said: loadSaid(flags, document.suite) };
}

describe('the load that flags and suites ask for', () => {
  it('is the scenario’s own where nobody says anything', () => {
    expect(loaded({}).scenarios).toEqual([steady]);
    expect(loaded({}).said).toEqual([
      { key: 'rate', value: 'each scenario’s own', from: 'default' },
      { key: 'messages', value: 'each scenario’s own', from: 'default' },
    ]);
  });

  it.each([
    ['poisson', { arrivals: { kind: 'poisson' }, ratePerSecond: 10_000, messages: 100_000 }],
    ['bursts:100/1s', { arrivals: { kind: 'bursts', size: 100 }, ratePerSecond: 100 }],
    ['bursts:5k/250ms', { arrivals: { kind: 'bursts', size: 5_000 }, ratePerSecond: 20_000 }],
    [
      'stages:1k/s@2s,1k..3k/s@1s,0/s@1s',
      { messages: 4_000, ratePerSecond: 1_000, warmupMessages: 400 },
    ],
    ['trace:trace.txt', { messages: 3, ratePerSecond: 0.75 }],
  ])('comes by %s', (arrivals, load) => {
    const { load: got, problems } = loaded({ arrivals });
    expect(problems).toEqual([]);
    expect(got).toMatchObject(load);
  });

  it.each([
    ['catch-up', 'catch-up'],
    ['drop', 'drop'],
    ['bounded:1.5s', { boundMs: 1_500 }],
  ])('is late by %s', (late, policy) => {
    expect(loaded({ late }).load).toMatchObject({ late: policy });
  });

  it('takes a flag before the scenario’s entry, and that before what the suite says for all', () => {
    const suite =
      'load: { arrivals: poisson, rate: 1k/s, late: drop }\nscenarios: [{ id: steady, rate: 2k/s, arrivals: bursts:10/1s }]';
    expect(loaded({}, 'load: { arrivals: poisson, rate: 1k/s }').load).toMatchObject({
      ratePerSecond: 1_000,
      arrivals: { kind: 'poisson' },
    });
    const { load, problems, said } = loaded({ arrivals: 'constant', rate: '3k/s' }, suite);
    expect(problems).toEqual([]);
    expect(load).toMatchObject({
      ratePerSecond: 3_000,
      arrivals: { kind: 'constant' },
      late: 'drop',
    });
    expect(said).toContainEqual({ key: 'arrivals', value: 'constant', from: 'flag' });
    expect(said).toContainEqual({ key: 'late', value: 'drop', from: 'file' });
  });

  it('may take fewer messages than the arrivals have, and not more', () => {
    const arrivals = 'stages:1k/s@2s';
    expect(loaded({ arrivals, messages: '500' }).load).toMatchObject({ messages: 500 });
    const { problems } = loaded({ arrivals, messages: '3k' });
    expect(problems).toEqual([
      { place: '--messages', what: expect.stringContaining('have 2000 messages, and 3000') },
    ]);
  });

  it('is refused where two say the rate, with the place of the weaker word', () => {
    const expected = { place: '--rate', what: expect.stringContaining('say the rate themselves') };
    for (const arrivals of ['bursts:100/1s', 'stages:1k/s@2s', 'trace:trace.txt']) {
      expect(loaded({ arrivals, rate: '1k/s' }).problems).toEqual([expected]);
    }
    const suite = 'scenarios:\n  - { id: steady, arrivals: stages:1k/s@2s, rate: 5 }';
    expect(loaded({}, suite).problems).toEqual([{ ...expected, place: 'suite.yaml:2:51' }]);
  });

  it('is refused for a closed loop, which has no instants', () => {
    const { problems } = loaded({ rate: '1k/s', arrivals: 'poisson', late: 'drop' }, '{}', [
      closed,
    ]);
    expect(problems.map(({ place }) => place)).toEqual(['--rate', '--arrivals', '--late']);
    expect(problems[0]?.what).toContain('closed loop');
  });

  it('is refused with file and line where a trace has a bad one, and told once for all scenarios', () => {
    const { problems } = loaded({ arrivals: 'trace:bad.txt' }, '{}', [
      steady,
      { ...steady, id: 'other' },
    ]);
    expect(problems).toEqual([{ place: 'bad.txt:2', what: expect.stringContaining('"x"') }]);
  });

  it('is refused in a suite with line and column', () => {
    expect(() => parseSuite('load: { arrivals: poison }', 'suite.yaml')).toThrow(
      /suite\.yaml:1:19: load\.arrivals: "poison".*did you mean poisson/s,
    );
    expect(() => parseSuite('load: { arivals: poisson }', 'suite.yaml')).toThrow(
      /unknown key "arivals"; did you mean arrivals/,
    );
  });

  it('stands in the replay command as it was typed', () => {
    expect(
      replayedLoad({ rate: '5k/s', arrivals: 'trace:my file.txt', late: 'bounded:1s' }),
    ).toEqual(['--rate 5k/s', "--arrivals 'trace:my file.txt'", '--late bounded:1s']);
  });
});

describe('a sweep', () => {
  const swept = (words: readonly string[], flags: LoadTexts = {}, suite = '{}') =>
    loaded(flags, suite, [steady], words);

  it('is a scenario for each combination, under a name of its own', () => {
    const { scenarios, problems } = swept(['payload=100,1k', 'rate=1k/s,2k/s']);
    expect(problems).toEqual([]);
    expect(scenarios.map(({ id }) => id)).toEqual([
      'steady+payload=100+rate=1k',
      'steady+payload=100+rate=2k',
      'steady+payload=1k+rate=1k',
      'steady+payload=1k+rate=2k',
    ]);
    expect(scenarios.map(({ workload }) => workload.payloadBytes)).toEqual([
      100, 100, 1_000, 1_000,
    ]);
    expect(scenarios.at(-1)?.workload.load).toMatchObject({ ratePerSecond: 2_000 });
    expect(new Set(scenarios.map((scenario) => JSON.stringify(loadTraits(scenario)))).size).toBe(4);
  });

  it('looks for what is planted at its first point only', () => {
    const { scenarios } = swept(['consumers=1,2']);
    expect(scenarios.map(({ controls }) => controls.length)).toEqual([steady.controls.length, 0]);
  });

  it('may take values with commas, parted by semicolons, and names with none that part a cell’s', () => {
    const { scenarios, problems } = swept([
      'arrivals=poisson;stages:1k/s@1s,2k/s@1s;bursts:10/5ms',
    ]);
    expect(problems).toEqual([]);
    expect(scenarios.map(({ id }) => id)).toEqual([
      'steady+arrivals=poisson',
      'steady+arrivals=stages:1k-s@1s-2k-s@1s',
      'steady+arrivals=bursts:10-5ms',
    ]);
    expect(scenarios.map(sweepWords)).toEqual([
      ['arrivals=poisson'],
      ['arrivals=stages:1k/s@1s,2k/s@1s;'],
      ['arrivals=bursts:10/5ms'],
    ]);
    const again = swept(['arrivals=stages:1k/s@1s,2k/s@1s;']).scenarios[0];
    expect(again?.workload).toEqual(scenarios[1]?.workload);
    expect(again?.id).toBe(scenarios[1]?.id);
  });

  it('of a suite gives way to a flag of the same name, and to any sweep of the flags', () => {
    const suite = 'sweep: { payload: [100, 1k], consumers: [1, 2] }';
    const ids = (flags: LoadTexts, words?: readonly string[]) =>
      loaded(flags, suite, [steady], words).scenarios.map(({ id }) => id);
    expect(ids({})).toHaveLength(4);
    expect(ids({ payload: '200' })).toEqual(['steady+consumers=1', 'steady+consumers=2']);
    expect(ids({}, ['payload=300'])).toEqual(['steady+payload=300']);
  });

  it.each([
    [['pay=1k'], /"pay" cannot be swept/],
    [['payload'], /payload has no values/],
    [['payload=1k,big'], /"big": is no size/],
    [['payload=1k,1k'], /payload says something twice/],
    [['rate=1,2', 'rate=3'], /rate says something twice/],
    [
      ['consumers=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15', 'keys=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15'],
      /225 points, at most 200/,
    ],
    [['subscriptions=1,4'], /1 consumers cannot read 4 subscriptions/],
  ])('is refused with its place: %j', (words, what) => {
    const { problems } = swept(words);
    expect(problems[0]).toEqual({ place: '--sweep', what: expect.stringMatching(what) });
  });

  it('is refused beside a flag that sets the same, and in a suite with line and column', () => {
    expect(swept(['payload=1k,2k'], { payload: '1k' }).problems[0]?.what).toContain(
      'payload is swept, and --payload sets it',
    );
    expect(() => parseSuite('sweep: { payload: [100, tiny] }', 'suite.yaml')).toThrow(
      /suite\.yaml:1:25: sweep\.payload\.1: "tiny": is no size/,
    );
  });
});

describe('options that do not go together', () => {
  it.each<[LoadTexts, string, RegExp]>([
    [{ skew: 'hot:5@80%', keys: '4' }, '--skew', /5 of 4 keys cannot be hot/],
    [{ consumers: '1', subscriptions: '2' }, '--consumers', /1 consumers cannot read 2/],
    [{ subscriptions: '3' }, '--subscriptions', /cannot read 3 subscriptions/],
    [{ producers: '3', messages: '2' }, '--producers', /3 producers cannot share 2 messages/],
    [{ warmup: '5k', messages: '5k' }, '--warmup', /takes all 5000 messages/],
  ])('are refused: %j', (flags, place, what) => {
    expect(loaded(flags).problems).toEqual([{ place, what: expect.stringMatching(what) }]);
  });

  it('leave a scenario of several nodes no fewer than it needs', () => {
    const problems = (nodes: string) => loaded({ nodes }, '{}', [leaderCrash]).problems;
    expect(problems('2')).toEqual([{ place: '--nodes', what: 'leader-crash needs 3 nodes' }]);
    expect(problems('1')).toEqual([{ place: '--nodes', what: 'leader-crash needs 3 nodes' }]);
    expect(problems('3')).toEqual([]);
    expect(problems('5')).toEqual([]);
  });

  it('are judged by what is left of them in the end, whoever said which', () => {
    const { problems, scenarios } = loaded({ consumers: '2' }, 'load: { subscriptions: 2 }');
    expect(problems).toEqual([]);
    expect(scenarios[0]?.topology.subscriptions).toBe(2);
  });

  it('make no warm-up until steady where nobody consumes', () => {
    const { problems } = loaded({ warmup: 'steady' }, '{}', [backlog]);
    expect(problems).toEqual([
      { place: '--warmup', what: expect.stringContaining('nobody consumes') },
    ]);
    expect(loaded({ warmup: 'steady' }).load).toMatchObject({ warmupMessages: 'until-steady' });
    expect(loaded({ warmup: '0' }).load).toMatchObject({ warmupMessages: 0 });
  });

  it('need fan-out of the engine where there are several subscriptions', () => {
    const [scenario] = loaded({ subscriptions: '2', consumers: '2' }).scenarios;
    expect(scenario?.needs).toEqual([{ kind: 'fan-out' }]);
    expect(scenario?.topology.subscriptions).toBe(2);
  });

  it('take the place of the work of a batch, or of all of it', () => {
    const work = (text: string) =>
      loaded({ work: text }, '{}', [{ ...steady, workload: faultedWorkload }]).scenarios[0]
        ?.workload;
    expect(work('5ms')).toMatchObject({ workMs: 0, work: { by: 'waiting' } });
    expect(work('none')).toMatchObject({ workMs: 0, work: undefined });
  });
});

describe('what the record says of a load', () => {
  it('tells apart whatever differs, also two traces of one name', () => {
    const traits = (arrivals: string) => {
      const [scenario = steady] = loaded({ arrivals }).scenarios;
      return loadTraits(scenario);
    };
    expect(traits('bursts:100/1s')).toMatchObject({ arrivals: 'bursts:100/1000ms', rate: '100/s' });
    expect(traits('poisson')).toMatchObject({ arrivals: 'poisson', rate: '10000/s' });
    const [scenario = steady] = loaded({ arrivals: 'trace:trace.txt' }).scenarios;
    const { load } = scenario.workload;
    if (load.kind !== 'open') throw new Error('a trace is an open load');
    const other: Scenario = {
      ...scenario,
      workload: {
        ...scenario.workload,
        load: { ...load, arrivals: { kind: 'trace', file: 'trace.txt', offsetsNs: [0, 5, 9] } },
      },
    };
    expect(loadTraits(other)['arrivals']).not.toBe(loadTraits(scenario)['arrivals']);
  });
});
