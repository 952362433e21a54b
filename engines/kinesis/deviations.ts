import type { TargetDeviation } from '../aws/target-deviation.ts';

export const targetDeviations: readonly TargetDeviation[] = [
  {
    id: 'kinesalite-retention-a-week',
    target: 'kinesalite',
    because: 'it keeps records for at most 168 hours, and refuses more; Kinesis takes 8,760',
    cases: [],
    shownBy: 'vitest run --project unit test/engines/kinesis/retention.test.ts',
  },
];
