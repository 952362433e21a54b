import type { TargetDeviation } from '../aws/target-deviation.ts';

export const targetDeviations: readonly TargetDeviation[] = [];
