import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../harness/cli/main.ts';
import { runRecord } from '../../harness/record/schema.ts';
import { fakeHost } from '../harness/cli/fake-host.ts';

const suite = `
engines: [log@acks-1]
controls: false
scenarios:
  - { id: producer-crash, messages: 3000 }
search:
  slo: e2e.response.p99 < 30s
  start-rate: 500/s
  point-seconds: 5
  max-points: 2
`;

describe('a suite with scenarios and a search', () => {
  it('runs both into one record, and judges its claims by the one, its capacity by the other', {
    timeout: 300_000,
  }, async () => {
    const host = fakeHost(['run', '--suite', 'both.yaml', '--quiet']);
    writeFileSync(join(host.directory, 'both.yaml'), suite);
    const exitCode = await main(host);
    const latest = join(host.directory, 'runs', 'latest');
    const record = runRecord.parse(JSON.parse(readFileSync(join(latest, 'run.json'), 'utf8')));
    const story = `${host.err()}\n${host.out()}`;
    const [sought] = record.searches;
    expect(
      record.cells.map(({ index }) => index),
      story,
    ).toEqual([0, 1, 2]);
    expect(record.cells.map(({ scenario }) => scenario)).toContain('producer-crash');
    expect(sought?.points.map(({ cell }) => cell)).toEqual(
      record.cells.slice(1).map(({ id }) => id),
    );
    // Two runs are too few to answer: the search is what leaves it open.
    expect(sought?.result).toMatchObject({ is: 'stopped', because: 'points' });
    expect(exitCode, story).toBe(2);
    expect(record.outcome.reason).toContain('log@acks-1: the search ended without an answer');
    expect(host.out()).toMatch(/PROMISES +producer-crash/);
    expect(host.out()).toContain('CAPACITY');
  });
});
