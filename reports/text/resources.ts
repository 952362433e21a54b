import type { ResourcesRecord } from '../../harness/record/resource-schema.ts';
import { bytes, plural, significant } from './numbers.ts';

const nodesTold = 9;

/** What the harness itself took, and each broker process: CPU for each message, and memory. */
export function resourcesText(of: ResourcesRecord): string {
  const shown = of.brokers.slice(0, nodesTold).map(({ name, cpuMicrosPerMessage, rssBytes }) => {
    const cpu = cpuMicrosPerMessage === null ? 'CPU not known' : micros(cpuMicrosPerMessage);
    return `${name} ${cpu}, ${memory(rssBytes)}`;
  });
  const left = of.brokers.length - shown.length;
  return [
    `harness’s own thread ${micros(of.coordinatorMicrosPerMessage)} a message (checking ${micros(of.checkingMicrosPerMessage)}, sampling ${micros(of.samplingMicrosPerMessage)})`,
    `pacing in the producers’ threads ${micros(of.pacingMicrosPerMessage)}`,
    `harness and clients ${memory(of.processRssBytes)}`,
    ...shown,
    ...(left > 0 ? [plural(left, 'more node')] : []),
  ].join('; ');
}

function micros(value: number): string {
  return `${significant(value)} µs`;
}

function memory(rssBytes: number | null): string {
  return rssBytes === null ? 'memory not known' : bytes(rssBytes);
}
