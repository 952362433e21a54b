import type { CheckModule } from '../check.ts';
import { stalled } from './l1-stalled.ts';
import { stuckConsumer } from './l2-stuck-consumer.ts';
import { slowRecovery } from './l3-slow-recovery.ts';
import { neverDrained } from './l4-never-drained.ts';
import { falseOutcome } from './l5-false-outcome.ts';

export const livenessChecks: readonly CheckModule[] = [
  stalled,
  stuckConsumer,
  slowRecovery,
  neverDrained,
  falseOutcome,
];
