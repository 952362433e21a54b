import type { CheckModule } from '../check.ts';

export const transactionsChecks: readonly CheckModule[] = [];
