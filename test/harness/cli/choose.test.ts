import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.ts';
import { defaultSuiteRun } from '../../reports/fixtures/run.ts';
import { fakeHost } from './fake-host.ts';

async function said(...words: readonly string[]) {
  const host = fakeHost(['choose', ...words]);
  mkdirSync(join(host.directory, 'run'));
  writeFileSync(join(host.directory, 'run', 'run.json'), JSON.stringify(defaultSuiteRun()));
  return { exitCode: await main(host), out: host.out(), err: host.err() };
}

describe('ackmark choose', () => {
  it('answers from a run, with the cells that say so and what it cost there', async () => {
    const { exitCode, out } = await said('--needs', 'replay,no-loss', '--from', 'run');
    expect(exitCode, out).toBe(0);
    expect(out).toContain('ANSWER  a log');
    expect(out).toMatch(/log@acks-all +log +declared +✓ kept +5,000 /);
    expect(out).toMatch(/log@acks-all {2}no-loss: kept in log@acks-all\/steady\/1/);
    expect(out).toMatch(/^NOT OFFERED HERE .*queue@lease \(replay\)/m);
  });

  it('leaves it open without a run', async () => {
    const { exitCode, out } = await said('--needs', 'replay,no-loss');
    expect(exitCode).toBe(2);
    expect(out).toContain('no run was read');
    expect(out).not.toContain('✓ kept');
  });

  it('says the same to programs', async () => {
    const { out } = await said('--needs', 'no-loss', '--from', 'run', '--json');
    const choice: unknown = JSON.parse(out);
    expect(choice).toMatchObject({ needs: ['no-loss'], asked: [] });
    expect(choice).toHaveProperty(['candidates', 0, 'standing'], 'kept');
  });

  it('names what can be needed when it is asked for something else', async () => {
    const { exitCode, err } = await said('--needs', 'reply');
    expect(exitCode).toBe(64);
    expect(err).toContain('did you mean replay');
    expect(err).toContain('per-message-retry');
  });

  it('refuses to choose by nothing', async () => {
    const { exitCode, err } = await said('--needs', ' , ');
    expect(exitCode).toBe(64);
    expect(err).toContain('--needs names nothing');
  });
});
