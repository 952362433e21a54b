import { availableParallelism, cpus, loadavg, release, totalmem, type as osType } from 'node:os';
import type { RunRecord } from '../record/schema.ts';
import type { Host } from './host.ts';

/** The machine, as a record names it. */
export function hostFacts(host: Host): RunRecord['host'] {
  const processors = cpus();
  return {
    os: `${osType()} ${release()}`,
    cpu: processors[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: host.nodeVersion,
    loadAverage: loadavg()[0] ?? 0,
  };
}
