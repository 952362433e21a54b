import type { SimulateReport } from '../simulate/simulate.ts';
import type { Host } from './host.ts';

export interface Elapsed {
  readonly cpuSeconds: number;
  readonly seconds: number;
}

/** @returns what has passed since it was made */
export function stopwatch(host: Pick<Host, 'monotonic' | 'threadCpuMicros'>): () => Elapsed {
  const beganNs = host.monotonic();
  const beganMicros = host.threadCpuMicros();
  return () => ({
    cpuSeconds: (host.threadCpuMicros() - beganMicros) / 1e6,
    seconds: Number(host.monotonic() - beganNs) / 1e9,
  });
}

/** How fast it went, shrinking included; CPU time is what counts where others use the machine, too. */
export function speedOf(
  { steps, messages }: Pick<SimulateReport, 'steps' | 'messages'>,
  { cpuSeconds, seconds }: Elapsed,
): string {
  const each = (of: number): string =>
    `${thousands(steps / of)} k steps/s, ${thousands(messages / of)} k messages/s`;
  return `${each(cpuSeconds)} of CPU time; ${each(seconds)} by the clock`;
}

function thousands(rate: number): string {
  return Number.isFinite(rate) ? (rate / 1e3).toFixed(1) : '?';
}
