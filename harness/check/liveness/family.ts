import type { CheckModule } from '../check.ts';

export const livenessChecks: readonly CheckModule[] = [];
