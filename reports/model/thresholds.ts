import type { ThresholdRecord } from '../../harness/record/threshold-schema.ts';
import { duration, percent, significant, whole } from '../text/numbers.ts';

/** The figure of a threshold in its unit, or why there is none. */
export function figureText({ value, unit, reason }: ThresholdRecord): string {
  if (value === null) return `no figure: ${reason}`;
  switch (unit) {
    case 'ns':
      return duration(value);
    case 'msg/s':
    case 'µs/msg':
      return `${significant(value)} ${unit}`;
    case 'count':
      return whole(value);
    case 'share':
      return percent(value);
  }
}

/** What was missed first. */
export function thresholdsOf(thresholds: readonly ThresholdRecord[]): readonly ThresholdRecord[] {
  return thresholds.toSorted((a, b) => Number(a.isMet) - Number(b.isMet));
}
