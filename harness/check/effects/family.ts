import type { CheckModule } from '../check.ts';

export const effectsChecks: readonly CheckModule[] = [];
