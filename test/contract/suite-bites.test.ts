import { describe, expect, test } from 'vitest';
import { contractCases } from '../../engines/contract/contract.ts';
import type { ContractSubject } from '../../engines/contract/contract.ts';
import type { Engine } from '../../engines/engine.ts';
import { withDefect } from './fixtures/defect.ts';
import memory from './fixtures/memory/engine.ts';
import type { Change } from './fixtures/planted.ts';
import { plantedAdministration } from './fixtures/planted-administration.ts';
import { plantedConsuming } from './fixtures/planted-consuming.ts';
import { plantedSending } from './fixtures/planted-sending.ts';

const reference: Engine = memory;

function subject(engine: Engine, profile: string, prefix: string): ContractSubject {
  return {
    engine,
    module: new URL('./fixtures/memory/engine.ts', import.meta.url),
    profile,
    target: { kind: 'embedded', title: 'memory', address: prefix, nodes: 1, settings: {} },
    prefix,
    patienceMs: 600,
    quietMs: 60,
  };
}

function caseNamed(start: string) {
  const found = contractCases.filter(({ name }) => name.startsWith(start));
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${found.length} cases: ${start}`);
  return found[0];
}

const planted = [...plantedSending, ...plantedConsuming, ...plantedAdministration];

test('every case of the suite has a name of its own', () => {
  const names = contractCases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

describe('the suite catches an engine that', () => {
  test.each(planted)('%s (as %s: %s)', async (what, profile, name, defect) => {
    const flawed = typeof defect === 'function' ? defect(reference) : withDefect(reference, defect);
    const prefix = `bite-${planted.findIndex(([other]) => other === what)}`;
    await expect(caseNamed(name).run(subject(flawed, profile, prefix))).rejects.toMatchObject({
      code: 'ENGINE_BROKE_CONTRACT',
    });
    // The same case passes without the defect, so it was the defect that it caught; a slow machine is none.
    const sound = { ...subject(reference, profile, `${prefix}-good`), patienceMs: 30_000 };
    await caseNamed(name).run(sound);
  });

  test.each<readonly [string, string, Change]>([
    ['has a name in capitals', 'the engine names itself', (good) => ({ ...good, id: 'Memory' })],
    [
      'takes options it does not know',
      'options refuse',
      (good) => ({ ...good, options: { parse: (value) => value } }),
    ],
    [
      'gives other traits each time',
      'traits depend',
      (good) => {
        let calls = 0;
        const traits = (options: unknown) => ({ ...good.traits(options), receiveLimit: ++calls });
        return { ...good, traits };
      },
    ],
    [
      'settles and consumes automatically at once',
      'traits do not contradict',
      (good) => ({
        ...good,
        traits: (options) => ({ ...good.traits(options), acknowledge: 'none' }),
      }),
    ],
    [
      'does not say where its guarantee is stated',
      'every profile is complete',
      (good) => ({
        ...good,
        profiles: { plain: { ...good.profiles['plain'], source: '' } as never },
      }),
    ],
    ['has no name for ok', 'outcome codes', (good) => ({ ...good, outcomes: { 1: 'refused' } })],
    [
      'makes a target of anything',
      'a URL is understood',
      (good) => ({
        ...good,
        external: (address) => ({ kind: 'external', title: '', address, nodes: 1, settings: {} }),
      }),
    ],
    [
      'names a wire module without a wire',
      'the wire module',
      (good) => ({ ...good, wire: new URL('./fixtures/memory/log.ts', import.meta.url) }),
    ],
  ])('%s (%s)', async (_what, name, change) => {
    const { run } = caseNamed(name);
    await expect(run(subject(change(reference), 'plain', 'static'))).rejects.toMatchObject({
      code: 'ENGINE_BROKE_CONTRACT',
    });
    await run(subject(reference, 'plain', 'static-good'));
  });

  test.each([
    [
      'loads its client when it is imported',
      'importing the engine module',
      'eager.ts',
      'amqplib',
      // A worker that has to load a client takes longer than a call to one that is there.
      30_000,
    ],
    // Three times as long as this the thread is waited for, which does not end.
    ['keeps a timer after close', 'a thread that used the engine', 'clinging.ts', 'Timeout', 2_000],
  ])('%s (%s)', async (_what, name, file, named, patienceMs) => {
    const module = new URL(`./fixtures/memory/${file}`, import.meta.url);
    const flawed = { ...subject(reference, 'plain', 'module'), module, patienceMs };
    await expect(caseNamed(name).run(flawed)).rejects.toThrow(named);
  });
});
