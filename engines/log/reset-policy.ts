/** What a consumer whose position is gone goes on with; `fail`: it goes no further. */
export const resetPolicies = ['earliest', 'latest', 'fail'] as const;
export type ResetPolicy = (typeof resetPolicies)[number];
