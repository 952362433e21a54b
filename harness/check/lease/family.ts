import type { CheckModule } from '../check.ts';

export const leaseChecks: readonly CheckModule[] = [];
