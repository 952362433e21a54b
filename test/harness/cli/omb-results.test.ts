import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.ts';
import type { RunRecord } from '../../../harness/record/schema.ts';
import { runOf } from '../../reports/fixtures/run.ts';
import { timedRounds } from '../compare/timed-run.ts';
import { fakeHost } from './fake-host.ts';

async function written(record: RunRecord, ...argv: readonly string[]) {
  const host = fakeHost(['report', 'run', '--omb', 'results', ...argv]);
  mkdirSync(join(host.directory, 'run'));
  writeFileSync(join(host.directory, 'run', 'run.json'), JSON.stringify(record));
  const exitCode = await main(host);
  return { exitCode, out: host.out(), err: host.err(), directory: join(host.directory, 'results') };
}

const rounds = timedRounds(2, () => ({}));

describe('ackmark report --omb', () => {
  it('writes one result for each timed cell, and to stderr what it could not fill', async () => {
    const { exitCode, out, err, directory } = await written(runOf(rounds));
    expect(exitCode).toBe(0);
    expect(out).toBe('results: 2 OMB results\n');
    const names = readdirSync(directory);
    expect(names).toHaveLength(2);
    for (const name of names) {
      const result: unknown = JSON.parse(readFileSync(join(directory, name), 'utf8'));
      expect(result).toMatchObject({ topics: 1, driver: expect.stringContaining('@') });
    }
    expect(err).toContain('publishLatencyAvg, …Max: left out, the run kept no latency log');
  });

  it('also makes the reports that are asked for', async () => {
    const { out } = await written(runOf(rounds), '--json');
    expect(out).toContain('"schemaVersion"');
  });

  it('reads no log from outside the run directory', async () => {
    const strays = rounds.map((cell) => ({ ...cell, latencyLog: '../../etc/passwd' }));
    const { exitCode, err } = await written(runOf(strays));
    expect(exitCode).not.toBe(0);
    expect(err).toContain('is not in the run directory');
  });

  it('says that a run without timed cells has no results', async () => {
    const untimed = rounds.map((cell) => ({
      ...cell,
      performance: { status: 'untimed', reason: 'shared' } as const,
    }));
    const { exitCode, err } = await written(runOf(untimed));
    expect(exitCode).toBe(64);
    expect(err).toContain('no timed cell');
  });
});
