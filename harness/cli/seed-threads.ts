import { AckmarkError } from '../core/errors.ts';
import type { SimulateOptions, SeedSummary } from '../simulate/simulate.ts';
import type { PlayedEngine, SeedsPlayed, SeedsTask } from './seeds.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const workerModule = new URL(`./seeds.worker.${suffix}`, import.meta.url);

/** Few enough that no thread waits long for the last one, enough that handing them over costs nothing. */
export const seedsAtATime = 50;

/** Threads that play seeds side by side. */
export interface SeedThreads {
  /**
   * Plays them and shows each, in the order of the seeds.
   * @returns the CPU time of all threads, in microseconds
   */
  play(
    engine: PlayedEngine,
    options: SimulateOptions,
    each: (one: SeedSummary) => void,
  ): Promise<number>;
  close(): Promise<void>;
}

/** Aborting the signal ends them. */
export async function openSeedThreads(count: number, signal: AbortSignal): Promise<SeedThreads> {
  // Loaded here because most commands start no threads.
  const { Piscina } = await import('piscina');
  const pool = new Piscina<SeedsTask, SeedsPlayed>({
    filename: workerModule.href,
    minThreads: count,
    maxThreads: count,
  });
  const run = async (task: SeedsTask): Promise<SeedsPlayed> => {
    try {
      return await pool.run(task, { signal });
    } catch (cause) {
      if (!signal.aborted) throw cause;
      throw new AckmarkError('INTERRUPTED', 'interrupted while seeds were played', {
        hint: 'Nothing is known of them; run the command again.',
        cause,
      });
    }
  };
  return {
    play: (engine, options, each) => playInParts(run, count, { engine, options }, each),
    close: () => pool.destroy(),
  };
}

async function playInParts(
  run: (task: SeedsTask) => Promise<SeedsPlayed>,
  threads: number,
  { engine, options }: SeedsTask,
  each: (one: SeedSummary) => void,
): Promise<number> {
  const { firstSeed, seeds } = options;
  const parts = Math.ceil(seeds / seedsAtATime);
  /** Played before those in front of them. */
  const early = new Map<number, SeedsPlayed>();
  let [next, shown, cpuMicros] = [0, 0, 0];
  const playOn = async (): Promise<void> => {
    while (next < parts) {
      const part = next;
      next += 1;
      const first = part * seedsAtATime;
      const range = { firstSeed: firstSeed + first, seeds: Math.min(seedsAtATime, seeds - first) };
      early.set(part, await run({ engine, options: { ...options, ...range } }));
      for (let of = early.get(shown); of !== undefined; of = early.get(shown)) {
        early.delete(shown);
        shown += 1;
        cpuMicros += of.cpuMicros;
        for (const one of of.summaries) each(one);
      }
    }
  };
  await Promise.all(Array.from({ length: threads }, playOn));
  return cpuMicros;
}
