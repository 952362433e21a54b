import { describe, expect, it } from 'vitest';
import { catalog } from '../../../engines/catalog.ts';
import log from '../../../engines/log/engine.ts';
import queue from '../../../engines/queue/engine.ts';
import type { Engine } from '../../../engines/engine.ts';
import { choose } from '../../../harness/choose/choose.ts';
import type { CellRecord } from '../../../harness/record/schema.ts';
import { scenarios } from '../../../scenarios/catalog.ts';
import {
  type Need,
  needIds,
  type NeedId,
  needs,
  type Offer,
} from '../../../scenarios/choosing/needs.ts';
import { tree } from '../../../scenarios/choosing/tree.ts';
import { judged } from '../../reports/fixtures/cell.ts';
import { defaultProfiles } from '../../reports/fixtures/profiles.ts';
import { defaultScenarios } from '../../reports/fixtures/scenarios.ts';

function offersOf<O>(engine: Engine<O>): Offer[] {
  return Object.entries(engine.profiles).map(([name, profile]) => ({
    name: `${engine.id}@${name}`,
    family: engine.family,
    profile,
    traits: engine.traits(profile.options),
  }));
}

const offers = [...offersOf(queue), ...offersOf(log)];

function cellOf(
  profile: string,
  scenario: string,
  seen: 'lost' | 'nothing' = 'nothing',
): CellRecord {
  const found = {
    profile: defaultProfiles.find((one) => `${one.engine}@${one.profile}` === profile),
    scenario: defaultScenarios.find(({ id }) => id === scenario),
  };
  if (found.profile === undefined || found.scenario === undefined) throw new Error('no fixture');
  const anomalies = seen === 'lost' ? [{ check: 'D1' as const, count: 7 }] : [];
  return judged({ profile: found.profile, scenario: found.scenario, index: 0, seen: anomalies });
}

const standingOf = (name: string, wanted: readonly NeedId[], cells: readonly CellRecord[]) =>
  choose(wanted, offers, cells).candidates.find((one) => one.name === name);

describe('what is chosen', () => {
  it.each([
    ['replay', 'log'],
    ['transactions', 'log'],
    ['routing', 'broker'],
    ['dead-letters', 'queue'],
  ] as const)('who needs %s takes a %s', (need, family) => {
    expect(choose([need], offers, []).family).toBe(family);
  });

  it('says that nothing tells the families apart where no question of the tree is about it', () => {
    const choice = choose(['no-loss'], offers, []);
    expect(choice.family).toBeUndefined();
    expect(choice.asked).toEqual([]);
  });

  it('keeps what speaks for another family beside the answer', () => {
    const choice = choose(['replay', 'dead-letters'], offers, []);
    expect(choice.family).toBe('log');
    expect(choice.asked.map(({ question }) => question.family)).toEqual(['log', 'queue']);
  });

  it('counts nothing as kept that no run showed', () => {
    const choice = choose(['no-loss', 'replay'], offers, []);
    expect(choice.candidates.map(({ standing }) => standing)).not.toContain('kept');
    expect(
      standingOf('log@acks-all', ['replay'], [cellOf('log@acks-all', 'steady')]),
    ).toMatchObject({
      standing: 'undecided',
      answers: { replay: { is: 'declared' } },
    });
  });

  it('cites the cells that kept what is needed', () => {
    const cells = [cellOf('log@acks-all', 'steady'), cellOf('log@acks-all', 'broker-crash')];
    expect(standingOf('log@acks-all', ['replay', 'process-crash'], cells)).toEqual({
      name: 'log@acks-all',
      family: 'log',
      standing: 'kept',
      answers: {
        replay: { is: 'declared' },
        'process-crash': { is: 'kept', cells: ['log@acks-all/broker-crash/1'] },
      },
    });
  });

  it('does not take a kept promise under one fault for one under another', () => {
    const cells = [cellOf('log@acks-all', 'steady')];
    expect(standingOf('log@acks-all', ['process-crash'], cells)?.answers).toEqual({
      'process-crash': { is: 'undecided', missing: ['D1'] },
    });
  });

  it('takes no clause from a cell whose fault did not strike, nor one of several rounds', () => {
    const [struck, missed] = [1, 2].map((round) => {
      const cell = cellOf('log@acks-all', 'broker-crash');
      if (cell.status !== 'judged') throw new Error('it was judged');
      const verdict = round === 2 ? ('inconclusive' as const) : cell.verdict;
      return { ...cell, id: `log@acks-all/broker-crash/${round}`, verdict };
    });
    for (const cells of [[missed], [struck, missed]]) {
      const given = cells.flatMap((cell) => cell ?? []);
      expect(standingOf('log@acks-all', ['process-crash'], given)?.answers).toEqual({
        'process-crash': { is: 'undecided', missing: ['D1'] },
      });
    }
  });

  it('takes a crash neither for a time in which nothing fails nor for a send that is repeated', () => {
    const crashed = [cellOf('log@idempotent', 'broker-crash', 'lost')];
    expect(standingOf('log@idempotent', ['no-loss'], crashed)?.standing).toBe('undecided');
    const calm = [cellOf('log@idempotent', 'steady')];
    expect(standingOf('log@idempotent', ['deduplication'], calm)?.standing).toBe('undecided');
    const repeated = [cellOf('log@idempotent', 'lost-response')];
    expect(standingOf('log@idempotent', ['deduplication'], repeated)?.standing).toBe('kept');
  });

  it('puts who broke it behind who only has not shown it', () => {
    const cells = [cellOf('log@acks-all', 'broker-crash', 'lost')];
    const { candidates } = choose(['process-crash'], offers, cells);
    expect(candidates.find(({ name }) => name === 'log@acks-all')).toMatchObject({
      standing: 'broken',
      answers: {
        'process-crash': {
          is: 'broken',
          cells: ['log@acks-all/broker-crash/1'],
          checks: ['D1'],
        },
      },
    });
    const standings = candidates.map(({ standing }) => standing);
    expect(standings.indexOf('broken')).toBeGreaterThan(standings.lastIndexOf('undecided'));
  });

  it('leaves out who does not offer it, and says which need it was', () => {
    expect(standingOf('queue@lease', ['replay', 'no-loss'], [])).toMatchObject({
      standing: 'not-offered',
      answers: { replay: { is: 'not-offered' } },
    });
  });

  it('takes every need of the tree from those that there are', () => {
    expect(needIds).toEqual(expect.arrayContaining(tree.flatMap((question) => question.needs)));
  });

  it('has a profile of some engine for every need', async () => {
    const engines = await Promise.all(catalog.map(({ load }) => load()));
    const all = engines.flatMap((module) => offersOf(module.default));
    const unoffered = needIds.filter((id) => !all.some((offer) => needs[id].isOffered(offer)));
    expect(unoffered).toEqual([]);
  });

  it('has needs shown by scenarios that there are', () => {
    const all: readonly Need[] = Object.values(needs);
    const named = all.flatMap(({ shownBy }) =>
      shownBy === 'declared' ? [] : (shownBy.scenarios ?? []),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(scenarios.map(({ id }) => id)).toEqual(expect.arrayContaining(named));
  });
});
