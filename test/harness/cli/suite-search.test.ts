import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { catalog } from '../../../engines/catalog.ts';
import { resolveSettings, type RunFlags } from '../../../harness/cli/settings.ts';
import { scenarios } from '../../../scenarios/catalog.ts';

const directory = mkdtempSync(join(tmpdir(), 'ackmark-suite-'));
afterAll(() => rmSync(directory, { recursive: true }));

async function settle(suite: string, flags: Partial<RunFlags> = {}) {
  writeFileSync(join(directory, 'own.yaml'), suite);
  const settings = await resolveSettings({
    flags: {
      engine: undefined,
      scenario: undefined,
      suite: 'own.yaml',
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
      ...flags,
    },
    directory,
    environment: {},
    catalog,
    scenarios,
    freshSeed: () => 42,
  });
  const { search } = settings;
  const profiles = search?.engines.flatMap(({ engine, profiles: all }) =>
    all.map((profile) => `${engine.id}@${profile}`),
  );
  return { ...settings, profiles };
}

const engines = 'engines: [log@acks-1, log@acks-all, queue@lease]\n';
const slo = 'search:\n  slo: "e2e.response.p99 < 20ms"\n';

describe('a search in a suite', () => {
  it('stands beside its scenarios, with the flags of `ackmark search` and their defaults', async () => {
    const {
      search,
      profiles,
      scenarios: chosen,
      settings,
    } = await settle(
      `${engines}scenarios: [consumer-crash]\n${slo}  confirm: 2\n  max-rate: 5k/s\n  curve: false\n`,
    );
    expect(chosen.map(({ id }) => id)).toEqual(['consumer-crash']);
    expect(profiles).toEqual(['log@acks-1', 'log@acks-all', 'queue@lease']);
    expect(search?.sought).toMatchObject({
      scenario: { id: 'steady' },
      objectives: [{ text: 'e2e.response.p99 < 20ms', limit: 20e6 }],
      pointSeconds: 10,
      settings: { startRate: 1_000, maximumRate: 5_000, confirmations: 2, curveShares: [] },
    });
    expect(settings).toContainEqual({
      key: 'search',
      value: 'steady: e2e.response.p99 < 20ms',
      from: 'file',
    });
  });

  it('is all that a suite does which names no scenario', async () => {
    expect((await settle(`${engines}${slo}`)).scenarios).toEqual([]);
    expect((await settle(engines)).scenarios.length).toBeGreaterThan(5);
  });

  it('is left out where a flag says which scenarios are meant, as in a replay', async () => {
    const { search, scenarios: chosen } = await settle(`${engines}${slo}`, {
      scenario: ['steady'],
    });
    expect(search).toBeUndefined();
    expect(chosen.map(({ id }) => id)).toEqual(['steady']);
  });

  it('has the load that the suite gives to its scenario, and no sweep', async () => {
    const { search } = await settle(
      `${engines}load: { payload: 2k, producers: 3 }\nsweep: { keys: [8, 16] }\n${slo}`,
    );
    expect(search?.sought.scenario.workload).toMatchObject({ payloadBytes: 2_000, producers: 3 });
    expect(search?.sought.scenario.id).toBe('steady');
  });

  it('is for some of the profiles, where it says so', async () => {
    expect((await settle(`${engines}${slo}  engines: [log]\n`)).profiles).toEqual([
      'log@acks-1',
      'log@acks-all',
    ]);
    const one = await settle(`${engines}${slo}  engines: [queue@lease, log@acks-1]\n`);
    expect(one.profiles).toEqual(['log@acks-1', 'queue@lease']);
  });

  it.each([
    ['  scenario: consumer-crash\n', /own\.yaml:4:13: consumer-crash is no timed scenario/],
    ['  scenario: staedy\n', /own\.yaml:4:13: no scenario is called "staedy"; did you mean steady/],
    ['  start-rate: fast\n', /own\.yaml:4:15: "fast" must be a rate/],
    ['  start-rate: 2k/s\n  max-rate: 1k/s\n', /own\.yaml:4:15: is above the maximum rate/],
    ['  tolerance: 90\n', /own\.yaml:4:14: must be a number from 0\.1 to 50/],
    ['  engines: [kafka]\n', /own\.yaml:4:13: kafka is not among the profiles/],
    ['  max-point: 3\n', /own\.yaml:4:14: unknown key "max-point"; did you mean max-points/],
  ])('is refused with its line: %s', async (more, message) => {
    await expect(settle(`${engines}${slo}${more}`)).rejects.toMatchObject({
      message: expect.stringMatching(message),
    });
  });

  it('is refused with an objective that is none', async () => {
    await expect(settle(`${engines}search: { slo: "e2e.p99 < 20ms" }\n`)).rejects.toMatchObject({
      message: expect.stringMatching(/^own\.yaml:2:16: /),
    });
  });
});
