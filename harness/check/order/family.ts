import type { CheckModule } from '../check.ts';
import { reordered } from './o2-reordered.ts';
import { twoOwners } from './o9-two-owners.ts';

export const orderChecks: readonly CheckModule[] = [reordered, twoOwners];
