import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.ts';
import type { RunRecord } from '../../../harness/record/schema.ts';
import { defaultSuiteRun } from '../../reports/fixtures/run.ts';
import { fakeHost } from './fake-host.ts';

const run = { ...defaultSuiteRun(), id: 'run-1' };
const stored = {
  first: run,
  copied: run,
  elsewhere: { ...run, startedAt: '2031-07-01T02:03:04.567Z' },
  second: { ...run, id: 'run-2' },
};

async function said(...runs: readonly string[]) {
  const host = fakeHost(['findings', ...runs]);
  for (const [name, record] of Object.entries(stored satisfies Record<string, RunRecord>)) {
    mkdirSync(join(host.directory, name));
    writeFileSync(join(host.directory, name, 'run.json'), JSON.stringify(record));
  }
  symlinkSync('first', join(host.directory, 'latest'));
  expect(await main(host)).toBe(0);
  return { out: host.out(), err: host.err() };
}

describe('ackmark findings', () => {
  it.each([
    [['first', 'first']],
    [['latest', 'first']],
    [['first', 'copied']],
    [
      ['first', 'second', 'first'],
      ['first', 'second'],
    ],
  ])(
    'of %j counts a run once, and says that it was given twice',
    async (given, once = ['first']) => {
      const { out, err } = await said(...given);
      expect(out).toBe((await said(...once)).out);
      expect(err).toBe(`${given.at(-1)}: run run-1 was given twice; it counts once\n`);
    },
  );

  it.each(['second', 'elsewhere'])('counts what only looks alike: %s', async (other) => {
    const { out, err } = await said('first', other);
    expect(out).toContain('from 2 runs');
    expect(err).toBe('');
  });
});
