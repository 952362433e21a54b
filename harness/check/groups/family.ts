import type { CheckModule } from '../check.ts';
import { zombie } from './g4-zombie.ts';
import { foreignScope } from './g5-foreign-scope.ts';
import { orphanScope } from './g6-orphan-scope.ts';

export const groupsChecks: readonly CheckModule[] = [zombie, foreignScope, orphanScope];
