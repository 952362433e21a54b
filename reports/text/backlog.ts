import type { BacklogRecord } from '../../harness/record/load-schema.ts';
import { duration, plural, significant } from './numbers.ts';

/** `30,000 messages worked off in 1.2 s, 26 k a second`: the time from the call for consumers to the last delivery. */
export function backlogText({ messages, tookNs, ratePerSecond }: BacklogRecord): string {
  const rate = `${significant(ratePerSecond)} msg/s from the first to the last`;
  return `${plural(messages, 'delivery', 'deliveries')} in ${duration(tookNs)}, ${rate}`;
}
