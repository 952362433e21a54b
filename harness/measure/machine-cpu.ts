import type { ProcReader } from './process-cpu.ts';

/** Of all cores since the machine began, in ticks. */
export interface CoreTimes {
  readonly busy: number;
  readonly total: number;
}

/** First line of /proc/stat: user nice system idle iowait irq softirq steal (`man 5 proc_stat`). */
export function coreTimes(proc: ProcReader): CoreTimes | undefined {
  const line = proc.readText('/proc/stat')?.split('\n', 1)[0];
  const ticks = line?.trim().split(/\s+/).slice(1, 9).map(Number) ?? [];
  const [, , , idle, iowait] = ticks;
  if (idle === undefined || iowait === undefined || ticks.some(Number.isNaN)) return undefined;
  const total = ticks.reduce((sum, each) => sum + each, 0);
  return { busy: total - idle - iowait, total };
}

/** Share of all cores that worked between two readings, 0 to 1. */
export function busyShare(
  before: CoreTimes | undefined,
  after: CoreTimes | undefined,
): number | undefined {
  if (before === undefined || after === undefined || after.total <= before.total) return undefined;
  const share = (after.busy - before.busy) / (after.total - before.total);
  return Math.min(1, Math.max(0, share));
}
