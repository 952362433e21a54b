import type { TargetDeviation } from '../aws/target-deviation.ts';

export const targetDeviations: readonly TargetDeviation[] = [
  {
    id: 'kinesalite-retention-a-week',
    target: 'kinesalite',
    because: 'it keeps records for at most 168 hours, and refuses more; Kinesis takes 8,760',
    cases: [],
    shownBy: 'vitest run --project unit test/engines/kinesis/retention.test.ts',
  },
  {
    id: 'kinesis-local-torn-copy',
    target: 'kinesis-local',
    because:
      'with SHOULD_PERSIST_DATA it writes all that it has over its last copy; killed meanwhile, it does not start again (NoSuchElementException), so that it is run without',
    cases: [],
    shownBy:
      'ackmark run --engine kinesis@shards --target kinesis-local --suite aws --scenario broker-crash --seed 7, with SHOULD_PERSIST_DATA=true and PERSIST_INTERVAL=1s',
  },
];
