import type { CheckId } from '../../core/anomalies.ts';
import type { Claim, ModelHistory } from '../../simulate/played.ts';

/** What must come of a mutant, and nothing else. */
export type Expected =
  /** The only root among the findings, and what is made of it at the claim. */
  | { readonly as: 'violated' | 'warned' | 'shown'; readonly root: CheckId }
  /** No finding, but an observation of a check that only informs. */
  | { readonly as: 'noticed'; readonly root: CheckId }
  /** Found, in a cell that never came to an end and therefore decides nothing else. */
  | { readonly as: 'undrained'; readonly root: CheckId }
  | { readonly as: 'inconclusive' }
  | { readonly as: 'pass' };

/** One defect that the checks must find, in a world that is healthy without it. */
export interface Mutant {
  readonly id: string;
  readonly story: string;
  readonly claim: Claim;
  readonly expects: Expected;
  /** Findings that follow from the root and must be there, too. */
  readonly also?: readonly CheckId[];
  /** `isHealthy`: the same seed without the defect. */
  readonly play: (seed: number, isHealthy: boolean) => ModelHistory;
}

/** A defect that the checks must find and that no model plays yet. */
export interface PendingMutant {
  readonly id: string;
  readonly because: string;
}

export const violated = (root: CheckId): Expected => ({ as: 'violated', root });
export const shown = (root: CheckId): Expected => ({ as: 'shown', root });

export function idsOf({ expects, also = [] }: Mutant): readonly CheckId[] {
  return 'root' in expects ? [expects.root, ...also] : also;
}
