import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.ts';
import { randomFrom } from '../../../harness/core/random.ts';
import { comparison } from '../../../harness/record/comparison-schema.ts';
import { ranking } from '../../../harness/record/ranking-schema.ts';
import type { RunRecord } from '../../../harness/record/schema.ts';
import { actingCharacters } from '../../reports/fixtures/acting.ts';
import { runOf } from '../../reports/fixtures/run.ts';
import { timedRounds } from '../compare/timed-run.ts';
import { fakeHost } from './fake-host.ts';

function cpuRun(seed: number, factor: number, engine = 'log'): RunRecord {
  const random = randomFrom(seed);
  const rounds = timedRounds(5, () => ({
    clientCpuMicrosPerMessage: 6 * factor * (1 + 0.02 * random.unit()),
  }));
  return runOf(
    rounds.map((cell) => ({ ...cell, engine })),
    { id: `run-${seed}` },
  );
}

async function said(records: Record<string, RunRecord>, ...argv: readonly string[]) {
  const host = fakeHost(argv);
  for (const [name, record] of Object.entries(records)) {
    mkdirSync(join(host.directory, name), { recursive: true });
    writeFileSync(join(host.directory, name, 'run.json'), JSON.stringify(record));
  }
  const exitCode = await main(host);
  return { exitCode, out: host.out(), err: host.err() };
}

const both = { base: cpuRun(1, 1), head: cpuRun(2, 1.2) };

describe('ackmark compare', () => {
  it('prints what regressed with both intervals and the factor, and exits 3', async () => {
    const { exitCode, out, err } = await said(both, 'compare', 'base', 'head');
    expect(err).toBe('');
    expect(exitCode).toBe(3);
    expect(out).toMatch(/client CPU +6\.\d+ µs\/msg \[.*7\.\d+ µs\/msg \[.*×1\.2.* regressed/);
    expect(out).toContain('exit 3  client-cpu of log@acks-1');
  });

  it('exits 0 when the two are turned round, and compares only the metric that is named', async () => {
    const { exitCode, out } = await said(
      both,
      'compare',
      'head',
      'base',
      '--metric',
      'client-cpu',
      '--json',
    );
    expect(exitCode).toBe(0);
    const { rows } = comparison.parse(JSON.parse(out));
    expect(rows.map(({ metric, word }) => [metric, word])).toEqual([['client-cpu', 'improved']]);
  });

  it('writes the same as HTML to a file, of two runs and of one', async () => {
    const host = fakeHost([
      'compare',
      'base',
      'head',
      '--reporter',
      'html=c.html',
      '--reporter',
      'terminal',
    ]);
    for (const [name, record] of Object.entries(both)) {
      mkdirSync(join(host.directory, name), { recursive: true });
      writeFileSync(join(host.directory, name, 'run.json'), JSON.stringify(record));
    }
    expect(await main(host)).toBe(3);
    expect(host.out()).toContain('exit 3');
    expect(readFileSync(join(host.directory, 'c.html'), 'utf8')).toContain('regressed');
    const { directory } = host;
    const one = fakeHost(['compare', 'base', '--by', 'engine', '--reporter', 'html=r.html'], {
      directory,
    });
    expect(await main(one)).toBe(0);
    expect(one.out()).toBe('');
    expect(readFileSync(join(directory, 'r.html'), 'utf8')).toContain('side by side');
  });

  it('compares unlike machines only when that is asked for', async () => {
    const other = { ...both.head, host: { ...both.head.host, cores: 64 } };
    const records = { base: both.base, head: other };
    const refused = await said(records, 'compare', 'base', 'head');
    expect([refused.exitCode, refused.out]).toEqual([2, expect.stringContaining('not compared')]);
    const allowed = await said(records, 'compare', 'base', 'head', '--allow-cross-testbed');
    expect([allowed.exitCode, allowed.out]).toEqual([3, expect.stringContaining('asked for')]);
  });

  it('ranks the profiles of one run, as text and as JSON', async () => {
    const text = await said(both, 'compare', 'base', '--by', 'engine');
    expect(text.exitCode).toBe(0);
    expect(text.out).toContain('AT-LEAST-ONCE');
    expect(text.out).toMatch(/log@acks-1 +1/);
    const json = await said(both, 'compare', 'base', '--by', 'engine', '--json');
    expect(ranking.parse(JSON.parse(json.out)).tables).toHaveLength(1);
  });

  it('shows a profile with too few rounds without a rank, and says why', async () => {
    const record = runOf([
      ...timedRounds(5, () => ({}), 'idempotent'),
      ...timedRounds(2, () => ({}), 'acks-all'),
      ...timedRounds(3, () => ({}), 'acks-all', { invalid: ['it was late'] }),
    ]);
    const text = await said({ base: record }, 'compare', 'base', '--by', 'engine');
    expect(text.out).toMatch(/log@acks-all +– +✓ kept +2\/5/);
    expect(text.out).toContain('– log@acks-all has no rank: 2 of 5 rounds valid');
    const file = ['--reporter', 'json', '--by', 'engine'];
    const json = await said({ base: record }, 'compare', 'base', ...file);
    expect(ranking.parse(JSON.parse(json.out)).tables[0]?.rows[1]?.rank).toBeNull();
  });

  it.each([
    [['compare', 'base'], 'compare needs two runs'],
    [['compare', 'base', 'head', '--by', 'engine'], 'two are named'],
    [['compare', 'base', 'head', '--minimum-effect', 'much'], '--minimum-effect must be a number'],
    [['compare', 'base', 'nowhere'], 'there is no run '],
    [['compare', 'base', 'head', '--metric', 'client-cp'], 'client-cpu'],
  ])('refuses %j and says what is missing', async (argv, what) => {
    const { exitCode, out, err } = await said(both, ...argv);
    expect(exitCode).toBe(64);
    expect(out).toBe('');
    expect(err).toContain(what);
    expect(err).toContain('fix: ');
  });

  it('lets no name from a record act on the terminal', async () => {
    const hostile = 'x\u001b[2J\u202e\r';
    const records = { base: cpuRun(1, 1, hostile), head: cpuRun(2, 1.2, hostile) };
    for (const argv of [
      ['compare', 'base', 'head'],
      ['compare', 'base', '--by', 'engine'],
      ['price', 'base'],
    ]) {
      const { out } = await said(records, ...argv);
      expect(out).toContain('acks-1');
      expect(actingCharacters(out)).toEqual([]);
    }
  });
});

describe('ackmark price', () => {
  it('prints what each level cost, in full', async () => {
    const { exitCode, out } = await said(both, 'price', 'base');
    expect(exitCode).toBe(0);
    expect(out).toContain('PRICE OF A GUARANTEE');
    expect(out).toContain('log@acks-1');
  });

  it('says beside a row that it is priced by fewer rounds than were played', async () => {
    const record = runOf([
      ...timedRounds(2, () => ({}), 'acks-1'),
      ...timedRounds(3, () => ({}), 'acks-1', { invalid: ['it was late'] }),
      ...timedRounds(5, () => ({}), 'acks-all'),
    ]);
    const { out } = await said({ base: record }, 'price', 'base');
    expect(out).toMatch(/log@acks-1 +2 of 5 rounds valid/);
    expect(out).not.toMatch(/5 of 5 rounds valid/);
  });

  it('says who has no price and why, and exits 2 where nobody has one', async () => {
    const invalid = runOf(timedRounds(2, () => ({}), 'acks-1', { invalid: ['it was late'] }));
    const { exitCode, out } = await said({ base: invalid }, 'price', 'base');
    expect(exitCode).toBe(2);
    expect(out).toContain('log@acks-1 in steady has no price: it was late');
    const nothing = await said({ base: runOf([]) }, 'price', 'base');
    expect(nothing.exitCode).toBe(2);
    expect(nothing.out).toContain('No cell of this run was timed.');
  });
});
