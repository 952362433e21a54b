import type { CheckModule } from '../check.ts';
import { earlyVisible } from './v1-early-visible.ts';
import { overlap } from './v2-overlap.ts';
import { leak } from './v3-leak.ts';
import { staleReceipt } from './v4-stale-receipt.ts';
import { expired } from './v5-expired.ts';
import { staleRead } from './v6-stale-read.ts';
import { falseFlag } from './v7-false-flag.ts';
import { inFlightLimit } from './v8-in-flight-limit.ts';

export const leaseChecks: readonly CheckModule[] = [
  earlyVisible,
  overlap,
  leak,
  staleReceipt,
  expired,
  staleRead,
  falseFlag,
  inFlightLimit,
];
