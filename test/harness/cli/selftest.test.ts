import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judged, keepScore, readScore } from '../../../harness/cli/kept-score.ts';
import { main } from '../../../harness/cli/main.ts';
import { linesOf } from '../../../harness/selftest/score-lines.ts';
import type { Score } from '../../../harness/selftest/selftest.ts';
import { importsOf, sources } from '../../house/sources.ts';
import { pendingMutants } from '../../../harness/selftest/mutants/catalog.ts';
import { fakeHost } from './fake-host.ts';

const score: Score = {
  perCheck: [{ check: 'D1', killed: 2, total: 3 }],
  killed: 2,
  total: 3,
  survivors: [{ mutant: 'M1', seed: 1, found: 'pass, found nothing' }],
  pending: [{ id: 'M13', because: 'it needs a disk' }],
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

  it('says of a mutant with variants that it plays them all', async () => {
    const host = fakeHost(['selftest', '--mutant', 'M20']);
    expect(await main(host), host.err()).toBe(0);
    expect(host.out()).toMatch(/^M20 has 3 variants: M20, M20 early, M20 late\n/);
    expect(host.out()).toContain('killed 3/3');
  });

  it('calls the same mutants pending that `list` does, and those that it plays not', async () => {
    const host = fakeHost(['selftest', '--mutant', 'M14']);
    await main(host);
    const pending = [...host.out().matchAll(/^pending: (M\d+): /gm)].map(([, id]) => id);
    const list = fakeHost(['list', 'mutants']);
    await main(list);
    const listed = [...list.out().matchAll(/^ +(M\d+) +pending: /gm)].map(([, id]) => id);
    expect(pending).toEqual(pendingMutants.map(({ id }) => id));
    expect(listed).toEqual(pending);
    expect(list.out()).toMatch(/^ {2}M12 .*\n {2}M13 .*\n {2}M14 /m);
  });

  it('tells the commands as they are typed where it was called', async () => {
    const host = fakeHost(['selftest', '--mutant', 'M1', '--without', 'D1'], {
      program: 'npm run -s ackmark --',
    });
    await main(host);
    expect(host.out()).toContain('replay: npm run -s ackmark -- selftest --mutant "M1"');
    const wrong = fakeHost(['selftest', '--mutant', 'M999'], { program: 'npm run -s ackmark --' });
    await main(wrong);
    expect(wrong.err()).toContain('fix: `npm run -s ackmark -- list mutants` names them.');
  });

  it('names the model of a healthy history that was accused', () => {
    const flagged = [{ model: 'queue', seed: 7, found: 'violated, found D1' }];
    const text = linesOf({ ...score, flagged }, 'ackmark').join('\n');
    expect(text).toContain('flagged: healthy queue, seed 7: violated, found D1');
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
      pending: ['M13'],
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
