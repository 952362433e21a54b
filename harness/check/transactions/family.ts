import type { CheckModule } from '../check.ts';
import { abortedRead } from './t1-aborted-read.ts';
import { cycle } from './t7-cycle.ts';
import { earlyRead } from './t2-early-read.ts';
import { hanging } from './t9-hanging.ts';
import { leaked } from './t6-leaked.ts';
import { notOnce } from './t4-not-once.ts';
import { positionAfterAbort } from './t10-position-after-abort.ts';
import { split } from './t5-split.ts';
import { torn } from './t3-torn.ts';
import { unfenced } from './t8-fencing.ts';

export const transactionsChecks: readonly CheckModule[] = [
  abortedRead,
  earlyRead,
  torn,
  notOnce,
  split,
  leaked,
  cycle,
  unfenced,
  hanging,
  positionAfterAbort,
];
