import { checkModules } from '../../check/catalog.ts';
import { type CheckId, checkIds } from '../../core/anomalies.ts';

/** The anomalies that this version has a check for, in the order of the vocabulary. */
export const decidedChecks: readonly CheckId[] = checkIds.filter((id) =>
  checkModules.some((module) => module.id === id),
);
