import type { CheckModule } from '../check.ts';

export const routingChecks: readonly CheckModule[] = [];
