/** What bounds one search and how close it comes. Rates are messages per second. */
export interface SearchSettings {
  readonly startRate: number;
  readonly minimumRate: number;
  readonly maximumRate: number;
  /** The bounds may stay apart by this share of the lower one. */
  readonly tolerance: number;
  /** Runs at the answer that must all meet the objective. */
  readonly confirmations: number;
  /** Runs of the whole search, the curve included. */
  readonly maximumPoints: number;
  /** Shares of the answer at which the curve is measured; empty: none is. */
  readonly curveShares: readonly number[];
}

/** From a tenth of the answer to a fifth beyond it; at the answer itself there are the confirming runs. */
export const curveShares: readonly number[] = [
  0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 0.95, 1.05, 1.1, 1.2,
];
