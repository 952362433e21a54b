import type { CheckModule } from '../check.ts';

export const deadLetterChecks: readonly CheckModule[] = [];
