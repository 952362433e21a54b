import process from 'node:process';
import { simulation } from '../../engines/log/simulation/simulation.ts';
import type { Simulation } from '../../engines/simulation.ts';
import { judgeSeed } from '../../harness/simulate/judged-seed.ts';

export interface SimulatorSpeed {
  readonly seeds: number;
  readonly steps: number;
  readonly messages: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

const warmUpShare = 10;

function logOn(nodes: number, batch: number): Simulation {
  const unbatched = nodes === 1 ? simulation : simulation.onNodes?.(nodes);
  const played = batch === 1 ? unbatched : unbatched?.inBatches?.(batch);
  if (played !== undefined) return played;
  throw new Error(`the log cannot be on ${nodes} nodes with ${batch} messages at a time`);
}

/**
 * Plays and judges seeds of the embedded log; CPU time is what counts where others use the machine, too.
 * @param batch messages at a time
 */
export function measureSimulator(nodes: number, batch: number, seeds: number): SimulatorSpeed {
  const played = logOn(nodes, batch);
  for (let seed = 1; seed <= seeds / warmUpShare; seed += 1)
    judgeSeed(played, { seed, broken: undefined });
  const cpuBefore = process.cpuUsage();
  const beganMs = performance.now();
  let steps = 0;
  let messages = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const judged = judgeSeed(played, { seed, broken: undefined });
    steps += judged.steps;
    messages += judged.messages;
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const wallSeconds = (performance.now() - beganMs) / 1e3;
  return { seeds, steps, messages, cpuSeconds: (user + system) / 1e6, wallSeconds };
}
