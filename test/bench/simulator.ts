import process from 'node:process';
import { simulation } from '../../engines/log/simulation/simulation.ts';
import { judgeSeed } from '../../harness/simulate/judged-seed.ts';

export interface SimulatorSpeed {
  readonly seeds: number;
  readonly steps: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

const warmUpSeeds = 20;

/** Plays and judges seeds of the embedded log; CPU time is what counts where others use the machine, too. */
export function measureSimulator(nodes: number, seeds: number): SimulatorSpeed {
  const played = nodes === 1 ? simulation : simulation.onNodes?.(nodes);
  if (played === undefined) throw new Error(`the log cannot be on ${nodes} nodes`);
  for (let seed = 1; seed <= warmUpSeeds; seed += 1) judgeSeed(played, { seed, broken: undefined });
  const cpuBefore = process.cpuUsage();
  const beganMs = performance.now();
  let steps = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    steps += judgeSeed(played, { seed, broken: undefined }).steps;
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const wallSeconds = (performance.now() - beganMs) / 1e3;
  return { seeds, steps, cpuSeconds: (user + system) / 1e6, wallSeconds };
}
