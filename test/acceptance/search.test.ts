import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { main } from '../../harness/cli/main.ts';
import { runRecord } from '../../harness/record/schema.ts';
import { fakeHost } from '../harness/cli/fake-host.ts';
import { capacityPerSecond } from './token-bucket/engine.ts';

const engine = fileURLToPath(new URL('./token-bucket/engine.ts', import.meta.url));

describe('a search for capacity', () => {
  it('finds what a token bucket lets through within five per cent', {
    timeout: 600_000,
  }, async () => {
    const bucket = ['--engine', `${engine}@bucket`, '--slo', 'e2e.response.p99 < 1s'];
    // The first doubling is too much, and the steps between lead close to what it can do.
    const search = ['--start-rate', '900', '--tolerance', '2.5', '--point-seconds', '6'];
    search.push('--confirm', '2', '--no-curve');
    const host = fakeHost(['search', ...bucket, ...search, '--seed', '7']);
    const exitCode = await main(host);
    const text = readFileSync(join(host.directory, 'runs', 'latest', 'run.json'), 'utf8');
    const [sought] = runRecord.parse(JSON.parse(text)).searches;
    const story = `${host.err()}\n${host.out()}`;
    if (sought?.result.is !== 'found') throw new Error(`nothing was found:\n${story}`);
    expect(sought.result.ratePerSecond, story).toBeGreaterThan(capacityPerSecond * 0.95);
    expect(sought.result.ratePerSecond, story).toBeLessThan(capacityPerSecond * 1.05);
    expect(sought.result.missedAtPerSecond).toBeGreaterThan(sought.result.ratePerSecond);
    expect(exitCode).toBe(0);
    const missed = sought.points.filter(({ outcome }) => outcome === 'missed');
    expect(missed.every(({ reasons }) => reasons.length > 0)).toBe(true);
  });
});
