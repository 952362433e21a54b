import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../../engines/catalog.ts';
import { resolveSettings, type RunFlags } from '../../../harness/cli/settings.ts';
import { scenarios } from '../../../scenarios/catalog.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { suites } from '../../../scenarios/suites.ts';

const noFlags: RunFlags = {
  engine: undefined,
  scenario: undefined,
  suite: undefined,
  target: undefined,
  level: undefined,
  sweep: undefined,
  rate: undefined,
  messages: undefined,
  rounds: undefined,
  seed: undefined,
  history: undefined,
  controls: undefined,
  threshold: undefined,
};

async function settle(flags: Partial<RunFlags>, known: readonly Scenario[] = scenarios) {
  const resolved = await resolveSettings({
    flags: { ...noFlags, ...flags },
    directory: '/nowhere',
    environment: {},
    catalog,
    scenarios: known,
    freshSeed: () => 42,
  });
  const origin = Object.fromEntries(
    resolved.settings.map(({ key, value, from }) => [key, `${value} (${from})`]),
  );
  return { ...resolved, origin };
}

/** The scenario with a load that has no rate of its own; the catalog has none so far. */
function closedLoop(scenario: Scenario): Scenario {
  const { messages, warmupMessages } = scenario.workload.load;
  const load = { kind: 'closed', window: 8, messages, warmupMessages } as const;
  return { ...scenario, workload: { ...scenario.workload, load } };
}

describe('settings', () => {
  it('take thresholds from the flags, and refuse one that is none with the place and the near name', async () => {
    const { thresholds, origin } = await settle({ threshold: ['throughput > 1k/s', 'D1 == 0'] });
    expect(thresholds.map(({ metric, limit }) => [metric.of, limit])).toEqual([
      ['rate', 1_000],
      ['anomaly', 0],
    ]);
    expect(origin['thresholds']).toBe('throughput > 1k/s; D1 == 0 (flag)');
    await expect(settle({ threshold: ['thruput > 1k/s'] })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/--threshold.*thruput.*throughput/s),
    });
  });

  it('aim a suite’s scenario at the profiles that it names, unless a flag names engines', async () => {
    const { aims, origin } = await settle({ suite: 'default' });
    const once = { rounds: 1 };
    expect(aims).toContainEqual({
      ...once,
      scenario: 'leader-crash',
      engine: 'log',
      profile: 'acks-all',
    });
    expect(aims).toContainEqual({
      ...once,
      scenario: 'consumer-crash',
      engine: 'queue',
      profile: undefined,
    });
    expect(origin['aims']).toMatch(/leader-crash for log@acks-1, .* \(file\)$/);
    const named = await settle({ suite: 'default', engine: ['log@idempotent'] });
    expect(named.aims).toEqual([]);
  });

  it('take of an engine without a profile what the suite names of it, and ask its scenarios of that', async () => {
    const { engines, aims, roundsOf, rounds } = await settle({
      suite: 'compare',
      engine: ['log', 'null', 'queue@fifo'],
    });
    expect(engines.map(({ reference, profiles }) => [reference, profiles])).toEqual([
      ['log', ['acks-0', 'acks-all', 'transactional']],
      ['null', ['nothing']],
      ['queue', ['fifo']],
    ]);
    const aimed = (scenario: string): readonly string[] =>
      aims
        .filter((aim) => aim.scenario === scenario && ['log', 'null', 'queue'].includes(aim.engine))
        .map(({ engine, profile }) => `${engine}@${profile}`);
    expect(aimed('steady')).toEqual([
      'log@acks-0',
      'queue@delete-on-receive',
      'log@acks-all',
      'queue@lease',
      'null@undefined',
      'queue@fifo',
    ]);
    expect([rounds, roundsOf]).toEqual([5, { 'broker-crash': 1, transform: 1 }]);
    const repeated = await settle({ suite: 'compare', engine: ['log'], rounds: 3 });
    expect([repeated.rounds, repeated.roundsOf]).toEqual([3, {}]);
  });

  it('take every profile of an engine that the suite does not name, or names as a whole', async () => {
    const profiles = async (engine: string, suite: string) =>
      (await settle({ engine: [engine], suite })).engines[0]?.profiles.length;
    expect(await profiles('null', 'default')).toBe(1);
    expect(await profiles('kafka', 'compare')).toBe(3);
    expect(await profiles('queue', 'default')).toBe(2);
  });

  it('take the suite that the engines have in common, where nobody names scenarios or a suite', async () => {
    const suiteOf = async (flags: Partial<RunFlags>) =>
      (await settle({ engine: ['sqs'], ...flags })).origin['suite'];
    expect(await suiteOf({})).toBe('aws (default)');
    expect(await suiteOf({ engine: ['sqs@fifo', 'sns', 'kinesis'] })).toBe('aws (default)');
    expect(await suiteOf({ engine: ['sqs', 'queue'] })).toBeUndefined();
    expect(await suiteOf({ scenario: ['steady'] })).toBeUndefined();
    expect(await suiteOf({ engine: ['queue'], suite: 'overload' })).toBe('overload (flag)');
  });

  it.each([
    [{ producers: '2' }, 'request-reply'],
    [{ consumers: '6' }, 'round-trips'],
    [{ skew: 'zipf:1.1' }, 'fintech'],
    [{ keys: '10' }, 'fintech-short'],
    [{ sweep: ['keys=10,20'] }, 'fintech-short'],
  ] as const)(
    'leave out, where nobody names scenarios, those that cannot have %j',
    async (flags, left) => {
      const { scenarios: chosen } = await settle({ engine: ['log'], ...flags });
      const ids = new Set(chosen.map(({ id, point }) => point?.of ?? id));
      expect(ids).toContain('steady');
      expect(ids).not.toContain(left);
      await expect(settle({ engine: ['log'], scenario: [left], ...flags })).rejects.toMatchObject({
        code: 'USAGE',
      });
    },
  );

  it('refuse an aim at what the suite’s engines do not hold, with its place', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ackmark-suite-'));
    writeFileSync(
      join(directory, 'own.yaml'),
      'engines: [log@acks-1]\nscenarios:\n  - id: steady\n    engines: [log@acks-2]\n',
    );
    await expect(settle({ suite: join(directory, 'own.yaml') })).rejects.toMatchObject({
      message: expect.stringMatching(/own\.yaml:4:15.*log@acks-2; did you mean log@acks-1/s),
    });
    rmSync(directory, { recursive: true });
  });

  it('say of every value where it came from: flag over suite over default', async () => {
    const { origin } = await settle({ suite: 'default', scenario: ['steady'], seed: 7 });
    expect(origin).toMatchObject({
      suite: 'default (flag)',
      engine: `${suites['default']?.engines.join(',')} (file)`,
      scenario: 'steady (flag)',
      seed: '7 (flag)',
      rate: 'steady=20000, leader-crash=8000 (file)',
      history: 'full (default)',
      rounds: '1 (default)',
    });
  });

  it('change the load by a flag, the warm-up with it, and never the guards', async () => {
    const { scenarios: chosen, origin } = await settle({
      engine: ['log'],
      scenario: ['steady'],
      rate: '2k/s',
      messages: '20k',
    });
    const steady = scenarios.find(({ id }) => id === 'steady');
    expect(chosen[0]?.workload.load).toMatchObject({
      ratePerSecond: 2_000,
      messages: 20_000,
      warmupMessages: 2_000,
    });
    expect(chosen[0]?.guards).toEqual(steady?.guards);
    expect(origin).toMatchObject({ rate: '2k/s (flag)', messages: '20k (flag)' });
  });

  it('refuse a rate for a scenario without one, instead of recording what nothing kept', async () => {
    const closed = scenarios.map(closedLoop);
    const flags = { engine: ['log'], scenario: ['steady'] };
    await expect(settle({ ...flags, rate: '2k/s' }, closed)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/^--rate: steady sends as fast as its answers come/),
    });
    await expect(settle(flags, closed)).resolves.toBeDefined();
  });

  it('leave out what has no rate where one is asked for and no scenario is named', async () => {
    const chosen = async (flags: Partial<RunFlags>) =>
      (await settle({ engine: ['log'], ...flags })).scenarios.map(({ id }) => id);
    expect(await chosen({})).toContain('saturation');
    for (const flags of [{ rate: '2k/s' }, { late: 'drop' }, { sweep: ['rate=1k/s,2k/s'] }]) {
      expect((await chosen(flags)).some((id) => id.startsWith('saturation'))).toBe(false);
    }
  });

  it('run of a suite what it starts on request only where a flag names it', async () => {
    const references = async (flags: Partial<RunFlags>) =>
      (await settle({ suite: 'textbook', ...flags })).engines.map(({ reference }) => reference);
    expect(new Set(await references({}))).toEqual(new Set(['log', 'queue', 'broker']));
    expect(await references({ engine: ['rabbitmq', 'broker'] })).toEqual(['rabbitmq', 'broker']);
    const { aims, engines } = await settle({ suite: 'textbook', engine: ['rabbitmq'] });
    expect(engines[0]?.profiles).toEqual(expect.arrayContaining(['manual-ack', 'not-mandatory']));
    expect(aims).toContainEqual({
      scenario: 'routing-change',
      rounds: 1,
      engine: 'rabbitmq',
      profile: 'not-mandatory',
    });
  });

  it('hold the sentences of the textbook in its suite, and in no other', async () => {
    expect((await settle({ suite: 'textbook' })).sentences.map(({ id }) => id)).toContain('19a');
    expect((await settle({ suite: 'default' })).sentences).toEqual([]);
  });

  it('repeat in a replay what changed the cells', async () => {
    const { replayArguments } = await settle({ engine: ['log'], target: 'embedded', rate: '2k/s' });
    expect(replayArguments).toBe(' --target embedded --rate 2k/s');
    expect((await settle({})).replayArguments).toBe(' --suite default --target embedded');
  });
});
