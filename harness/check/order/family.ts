import type { CheckModule } from '../check.ts';
import { reordered } from './o2-reordered.ts';

export const orderChecks: readonly CheckModule[] = [reordered];
