import { describe, expect, it } from 'vitest';
import { openSeedThreads, seedsAtATime } from '../../../harness/cli/seed-threads.ts';
import { main } from '../../../harness/cli/main.ts';
import { simulation } from '../../../engines/queue/simulation/simulation.ts';
import { playSeeds, type SeedSummary } from '../../../harness/simulate/simulate.ts';
import { fakeHost } from './fake-host.ts';

const seeds = 2 * seedsAtATime + 10;
const options = { firstSeed: 7, seeds, broken: undefined };

async function said(...flags: readonly string[]) {
  const argv = ['simulate', '--engine', 'broker', '--seeds', `${seeds}`, '--json', ...flags];
  const host = fakeHost(argv);
  return { exitCode: await main(host), out: host.out(), err: host.err() };
}

describe('threads that play seeds', () => {
  it('show them in their order, each as this thread plays it', async () => {
    const threads = await openSeedThreads(2, new AbortController().signal);
    const shown: SeedSummary[] = [];
    const engine = { id: 'queue', nodes: 1, batch: undefined };
    const micros = await threads.play(engine, options, (one) => shown.push(one));
    await threads.close();
    expect(shown).toEqual([...playSeeds(simulation, options)]);
    expect(micros).toBeGreaterThan(0);
  });

  it('are told when they are interrupted', async () => {
    const interruption = new AbortController();
    const threads = await openSeedThreads(1, interruption.signal);
    const engine = { id: 'queue', nodes: 1, batch: undefined };
    const playing = threads.play(engine, options, () => interruption.abort());
    await expect(playing).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await threads.close();
  });

  it('change nothing of a report', async () => {
    const alone = await said('--workers', '1');
    const beside = await said('--workers', '2');
    expect(beside.out).toBe(alone.out);
    expect(beside.exitCode).toBe(alone.exitCode);
    expect(alone.err).toMatch(/^broker: 1 worker, batches by the seed: /);
    expect(beside.err).toMatch(/^broker: 2 workers, batches by the seed: /);
  });
});
