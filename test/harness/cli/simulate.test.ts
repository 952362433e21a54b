import { describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.ts';
import { fakeHost } from './fake-host.ts';

async function unjudgedSeed(): Promise<string> {
  for (let seed = 1; seed < 100; seed += 1) {
    const { out } = await said('--engine', 'log', '--seed', `${seed}`, '--seeds', '1', '--json');
    if (out.includes('"judged":0')) return `${seed}`;
  }
  throw new Error('all seeds are judged');
}

async function said(...argv: readonly string[]) {
  const host = fakeHost(['simulate', ...argv]);
  return { exitCode: await main(host), out: host.out(), err: host.err() };
}

describe('ackmark simulate', () => {
  it('plays seeds, and says what was seen, what was not, and what it amounts to', async () => {
    const { exitCode, out } = await said('--engine', 'log', '--seeds', '3');
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /\nlog: 3 seeds, [\d,]+ steps, [\d,]+ messages, [\d,]+ events; \d judged by (?:its|their) claims.*; 0 violations\n/,
    );
    expect(out).toContain('log: never: ');
    expect(out).toMatch(/log: kept: .+\n$/);
  });

  it('calls it success when a rule that is broken on purpose is found', async () => {
    const { exitCode, out } = await said('--seeds', '60', '--break', 'remember-offsets');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/rule remember-offsets broken: found in \d+ of 60 seeds, by .*G7 started/);
    const replays = [...out.matchAll(/replay: ackmark simulate (.+)\n/g)].map(([, flags]) => flags);
    for (const replay of replays)
      expect((await said(...(replay ?? '').split(' '))).exitCode).toBe(0);
  });

  it('plays exactly the shrunk plan again', async () => {
    const { out } = await said('--seeds', '60', '--break', 'remember-offsets');
    const [, shrunk, flags] =
      /shrunk in \d+ plays: (.+)\n(?:.*\n)*?.*simulate (.+ --only .+)\n/.exec(out) ?? [];
    const again = await said(...(flags ?? '').split(' '));
    expect(again.out).toContain(`: ${shrunk}\n`);
    expect(again.exitCode).toBe(0);
  });

  it('plays several nodes of an engine that replicates, and names them in what it replays', async () => {
    const flags = ['--nodes', '3', '--seeds', '40', '--break', 'acknowledge-when-replicated'];
    const { exitCode, out } = await said(...flags);
    expect(exitCode).toBe(0);
    expect(out).not.toContain('queue: ');
    expect(out).toContain('log: a leader was elected while another was alive: ');
    const [, replay = ''] = /replay: ackmark simulate (.+ --only .+)\n/.exec(out) ?? [];
    expect(replay).toContain('--engine log --nodes 3 --break acknowledge-when-replicated');
    expect((await said(...replay.split(' '))).exitCode).toBe(0);
  });

  it('plays batches of an engine that has them, and names their size in what it replays', async () => {
    const rule = 'acknowledge-when-replicated';
    const flags = ['--nodes', '3', '--batch', '8', '--break', rule];
    const { exitCode, out, err } = await said(...flags, '--seeds', '30');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/, 8 at a time: /);
    expect(err).toMatch(
      /^log: .+ of CPU time; [\d.]+ k steps\/s, [\d.]+ k messages\/s by the clock\n$/,
    );
    const [, replay = ''] = /replay: ackmark simulate (.+ --only .+)\n/.exec(out) ?? [];
    expect(replay).toContain(`--engine log ${flags.join(' ')}`);
    expect((await said(...replay.split(' '))).exitCode).toBe(0);
  });

  it('does not call it success when a broken rule stays unfound', async () => {
    const { exitCode, out } = await said(
      '--break',
      'answer-after-sync',
      '--engine',
      'log',
      '--seeds',
      '1',
    );
    expect(exitCode).toBe(2);
    expect(out).toContain(
      'log: rule answer-after-sync broken, NOT found in 1 seed: raise --seeds\n',
    );
  });

  it('proves nothing with seeds of which none is judged', async () => {
    const unjudged = await unjudgedSeed();
    const { exitCode, out } = await said('--engine', 'log', '--seed', unjudged, '--seeds', '1');
    expect(exitCode).toBe(2);
    expect(out).toContain('log: inconclusive: no seed met only faults that its profile claims');
    expect(out).toContain('1 seed met faults that its profile does not claim to bear');
    expect(out).toMatch(/ {2}power-loss +1 +1 {2}/);
  });

  it('plays only the faults that are asked for', async () => {
    const { exitCode, out } = await said(
      '--engine',
      'log',
      '--seeds',
      '20',
      '--faults',
      'clock-skew',
    );
    expect(exitCode).toBe(0);
    expect(out).toMatch(/log: clocks disagreed: \d+ of 20 seeds/);
    expect(out).toContain('log: never: the broker was killed');
    expect(out).toContain('20 judged by their claims');
    const calm = await said('--engine', 'log', '--seeds', '5', '--faults', 'none');
    expect(calm.out).toContain('log: never: clocks disagreed');
  });

  it('lists the rules that can be broken', async () => {
    expect((await said('--break', 'help')).out).toContain('log  answer-after-sync ');
  });

  it('takes a list of engines with nothing between its commas', async () => {
    expect((await said('--engine', ',log', '--seeds', '3')).exitCode).toBe(0);
  });

  it.each([
    [['--break', 'remember-ofsets'], 'did you mean remember-offsets?'],
    [['--engine', 'lgo'], 'did you mean log?'],
    [['--engine', 'kafka'], 'kafka cannot be simulated'],
    [['--engine', ','], '--engine names no engine'],
    [['--engine', 'foo'], 'no engine is called "foo"\n'],
    [['--only', '1'], '--only takes numbers of parts of the plan of one seed'],
    [['--nodes', '3', '--engine', 'log,queue'], 'queue replicates nothing'],
    [['--nodes', '3', '--break', 'remember-offsets'], 'no rule is called "remember-offsets"'],
    [['--batch', '8', '--engine', 'queue'], 'queue has no batches to choose'],
    [['--faults', 'clock-skwe'], 'did you mean clock-skew?'],
    [['--batch', '1'], '--batch must be a whole number from 2'],
    [['--nodes', '8'], '--nodes must be a whole number from 1 to 7'],
    [['--seeds', '0'], '--seeds must be a whole number'],
  ])('refuses %j', async (flags, reason) => {
    const { exitCode, err } = await said(...flags);
    expect(exitCode).toBe(64);
    expect(err).toContain(reason);
  });
});
