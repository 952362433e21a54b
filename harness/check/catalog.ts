import type { CheckModule } from './check.ts';
import { deadLetterChecks } from './dead-letter/family.ts';
import { deliveryChecks } from './delivery/family.ts';
import { effectsChecks } from './effects/family.ts';
import { groupsChecks } from './groups/family.ts';
import { leaseChecks } from './lease/family.ts';
import { livenessChecks } from './liveness/family.ts';
import { orderChecks } from './order/family.ts';
import { routingChecks } from './routing/family.ts';
import { transactionsChecks } from './transactions/family.ts';

/** Every check, by family. */
export const checkModules: readonly CheckModule[] = [
  ...deliveryChecks,
  ...orderChecks,
  ...leaseChecks,
  ...groupsChecks,
  ...transactionsChecks,
  ...routingChecks,
  ...deadLetterChecks,
  ...effectsChecks,
  ...livenessChecks,
];
