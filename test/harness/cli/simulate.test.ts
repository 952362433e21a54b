import { describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.ts';
import { fakeHost } from './fake-host.ts';

async function said(...argv: readonly string[]) {
  const host = fakeHost(['simulate', ...argv]);
  return { exitCode: await main(host), out: host.out(), err: host.err() };
}

describe('ackmark simulate', () => {
  it('plays seeds, and says what was seen and what was not', async () => {
    const { exitCode, out } = await said('--engine', 'log', '--seeds', '3');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/\nlog: 3 seeds, \d judged by their claims, \d+ events, violations: 0\n$/);
    expect(out).toContain('log: never: ');
  });

  it('finds a rule that is broken on purpose, and tells how to play it again', async () => {
    const { exitCode, out } = await said(
      '--engine',
      'log',
      '--seeds',
      '60',
      '--break',
      'remember-offsets',
    );
    expect(exitCode).toBe(1);
    const replay = /replay: ackmark simulate (.+)\n/.exec(out)?.[1]?.split(' ') ?? [];
    expect((await said(...replay)).exitCode).toBe(1);
  });

  it('lists the rules that can be broken', async () => {
    expect((await said('--break', 'help')).out).toContain('log  answer-after-sync ');
  });

  it.each([
    [['--break', 'remember-ofsets'], 'did you mean remember-offsets?'],
    [['--engine', 'lgo'], 'did you mean log?'],
    [['--engine', 'kafka'], 'kafka cannot be simulated'],
    [['--seeds', '0'], '--seeds must be a whole number'],
  ])('refuses %j', async (flags, reason) => {
    const { exitCode, err } = await said(...flags);
    expect(exitCode).toBe(64);
    expect(err).toContain(reason);
  });
});
