import type { CheckModule } from '../check.ts';
import { anotherNumber } from './q3-another-number.ts';
import { lostInstead } from './q1-lost-instead.ts';
import { noReason } from './q4-no-reason.ts';
import { outOfOrder } from './q5-out-of-order.ts';
import { poison } from './q6-poison.ts';
import { settledToo } from './q2-settled-too.ts';
import { silentDrop } from './q7-silent-drop.ts';

export const deadLetterChecks: readonly CheckModule[] = [
  lostInstead,
  settledToo,
  anotherNumber,
  noReason,
  outOfOrder,
  poison,
  silentDrop,
];
