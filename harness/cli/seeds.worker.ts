/** A thread that plays seeds, as many as it is given at a time. */
import process from 'node:process';
import type { Simulation } from '../../engines/simulation.ts';
import { playSeeds } from '../simulate/simulate.ts';
import { loadSimulation, type SeedsPlayed, type SeedsTask } from './seeds.ts';

/** One run plays few engines, each with the same nodes and batches. */
const loaded = new Map<string, Promise<Simulation>>();

export default async function play({ engine, options }: SeedsTask): Promise<SeedsPlayed> {
  const simulation = loaded.get(engine.id) ?? loadSimulation(engine);
  loaded.set(engine.id, simulation);
  const before = process.threadCpuUsage();
  const summaries = [...playSeeds(await simulation, options)];
  const { user, system } = process.threadCpuUsage(before);
  return { summaries, cpuMicros: user + system };
}
