import type { CheckModule } from '../check.ts';
import { commitAhead } from './g1-commit-ahead.ts';
import { groupSkip } from './g2-group-skip.ts';
import { zombie } from './g4-zombie.ts';
import { foreignScope } from './g5-foreign-scope.ts';
import { orphanScope } from './g6-orphan-scope.ts';

export const groupsChecks: readonly CheckModule[] = [
  commitAhead,
  groupSkip,
  zombie,
  foreignScope,
  orphanScope,
];
