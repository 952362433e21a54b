import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judged, keepScore, readScore } from '../../../harness/cli/kept-score.ts';
import { main } from '../../../harness/cli/main.ts';
import type { Score } from '../../../harness/selftest/selftest.ts';
import { importsOf, sources } from '../../house/sources.ts';
import { fakeHost } from './fake-host.ts';

const score: Score = {
  perCheck: [{ check: 'D1', killed: 2, total: 3 }],
  killed: 2,
  total: 3,
  survivors: [{ mutant: 'M1', seed: 1, found: 'pass, found nothing' }],
  pending: ['M13 (simulator)'],
  uncovered: [],
  flagged: [],
  without: undefined,
  histories: 1000,
};

describe('ackmark selftest', () => {
  it('kills one mutant by name, and says so last', async () => {
    const host = fakeHost(['selftest', '--mutant', 'M1']);
    expect(await main(host), host.err()).toBe(0);
    expect(host.out()).toMatch(/\nkilled 1\/1, survived: 0, pending: \d+, false flags: 0 of 0\n$/);
  });

  it('fails without the check that would have killed it, and tells how to play it again', async () => {
    const host = fakeHost(['selftest', '--mutant', 'M1', '--without', 'D1']);
    expect(await main(host)).toBe(1);
    expect(host.out()).toMatch(/survived: M1: pass, found L5\n/);
    expect(host.out()).toMatch(
      /\n {2}replay: ackmark selftest --mutant "M1" --seed \d+ --without D1\n/,
    );
  });

  it.each([
    [['--mutant', 'M999'], 'no mutant is called M999'],
    [['--seed', '1.5'], '--seed must be a whole number'],
    [['--histories', '-1'], '--histories must be a whole number'],
    [['--without', 'D99'], 'D99'],
  ])('refuses %j', async (flags, reason) => {
    const host = fakeHost(['selftest', ...flags]);
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain(reason);
  });

  it('prints its score as one document on demand', async () => {
    const host = fakeHost(['selftest', '--mutant', 'M1', '--json']);
    await main(host);
    expect(JSON.parse(host.out())).toMatchObject({ killed: 1, total: 1, survivors: [] });
  });
});

describe('the score of the checks', () => {
  it('is told by the records of later runs', () => {
    const host = fakeHost([]);
    expect(readScore(host)).toBeNull();
    keepScore(host, score);
    expect(readScore(host)).toEqual({
      killed: 2,
      total: 3,
      perCheck: [{ check: 'D1', killed: 2, total: 3 }],
      pending: ['M13 (simulator)'],
      falseFlags: 0,
      histories: 1000,
      at: '2026-01-02T03:04:05.000Z',
    });
  });

  it('is void when any of the sources change that it rests on', () => {
    const rests = new Set(['harness/selftest/selftest.ts']);
    const all = new Map(sources().map((source) => [source.path, source]));
    for (const path of rests) {
      const source = all.get(path);
      if (source !== undefined) for (const target of importsOf(source)) rests.add(target);
    }
    const digested = judged.map((folder) => `harness/${folder}/`);
    const types = ['engines/', 'scenarios/'];
    const left = [...rests].filter(
      (path) => ![...digested, ...types].some((folder) => path.startsWith(folder)),
    );
    expect(rests.size).toBeGreaterThan(100);
    expect(left).toEqual([]);
  });

  it.each([
    ['other checks made it', (text: string) => text.replace(/"sources":"./, '"sources":"-')],
    ['it was cut off', (text: string) => text.slice(0, 40)],
    ['it has another shape', () => '{}'],
  ])('is worth nothing when %s', (_, changed) => {
    const host = fakeHost([]);
    keepScore(host, score);
    const file = join(host.environment['ACKMARK_CACHE'] ?? '', 'selftest.json');
    writeFileSync(file, changed(readFileSync(file, 'utf8')));
    expect(readScore(host)).toBeNull();
  });
});
