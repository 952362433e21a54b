/** What a target does otherwise than the service does by its document, and the run that showed it. */
export interface TargetDeviation {
  readonly id: string;
  readonly target: string;
  readonly because: string;
  /** Cases of the contract suite that fail for it; those of the profiles have their clause in `profiles.ts`. */
  readonly cases: readonly string[];
  readonly shownBy: string;
}
