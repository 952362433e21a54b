import type { CheckModule } from '../check.ts';

export const groupsChecks: readonly CheckModule[] = [];
