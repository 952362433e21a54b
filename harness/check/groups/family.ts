import type { CheckModule } from '../check.ts';
import { commitAhead } from './g1-commit-ahead.ts';
import { groupSkip } from './g2-group-skip.ts';
import { belowCommitted } from './g3-below-committed.ts';
import { zombie } from './g4-zombie.ts';
import { foreignScope } from './g5-foreign-scope.ts';
import { orphanScope } from './g6-orphan-scope.ts';
import { startPosition } from './g7-start-position.ts';

export const groupsChecks: readonly CheckModule[] = [
  commitAhead,
  groupSkip,
  belowCommitted,
  zombie,
  foreignScope,
  orphanScope,
  startPosition,
];
