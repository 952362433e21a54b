import type { FidelityDeviation } from '../../fidelity.ts';

/** Of a target, never of Kinesis; the run that showed them asks all clauses of it. */
function of(
  target: string,
  shows: FidelityDeviation['shows'],
  known: Readonly<Record<string, string>>,
): readonly FidelityDeviation[] {
  return Object.entries(known).map(([clause, because]) => ({
    id: `${target}-${clause}`,
    clause,
    target,
    shows,
    because,
    shownBy: `ackmark run --suite aws-fidelity --engine kinesis --target ${target}`,
    expires: '2027-05-31',
  }));
}

export const deviations: readonly FidelityDeviation[] = [
  ...of('kinesalite', 'deviates', {
    'list-shards-pages': 'gives all shards at once, whatever MaxResults says',
    'from-timestamp-behind-all': 'does not answer where no record is as late',
    'behind-latest': 'says 0 wherever a read is',
    'record-with-key': 'the partition key does not count towards a size',
    'split-lists-open': 'does not know filters of shards',
    'parent-names-children': 'does not tell of children',
    'split-ended': 'splits a shard that has ended once more',
    'retention-longest': 'keeps records for 168 hours at most',
  }),
  ...of('kinesalite', 'inconclusive', {
    'list-shards-token-alone': 'has no tokens of ListShards',
  }),
  ...of('kinesis-local', 'deviates', {
    'sequence-number-foreign': 'takes a sequence number of another shard',
    'record-with-key': 'the partition key does not count towards a size',
    'batch-too-many': 'no bound for the records of a call',
    'batch-empty': 'a call of no records is accepted',
    'batch-bytes': 'no bound for the bytes of a call',
  }),
  ...of('kinesis-local', 'inconclusive', {
    'iterator-invalid': 'answers what is no iterator with 500',
    'shard-writes': 'takes fewer records a second than the quota has',
  }),
  ...of('moto', 'deviates', {
    'list-shards-pages': 'a token is good only beside the MaxResults and the stream it came from',
    'list-shards-token-alone': 'a token is good only beside the stream it came from',
    'list-shards-after': 'ExclusiveStartShardId has no effect',
    'explicit-hash-key': 'has no shard for the last hash key, and answers with 500',
    'read-limit-bound': 'no bound for the records of a read',
    'sequence-number-foreign': 'takes a sequence number of another shard',
    'record-too-large': 'no bound of 1 MiB for a record',
    'record-with-key': 'the partition key does not count towards a size',
    'key-empty': 'a partition key may be empty',
    'batch-empty': 'a call of no records is accepted',
    'split-open-shards': 'counts the shards that a stream was made with',
    'split-lists-open': 'does not know filters of shards',
    'split-routes': 'what comes after a split goes to the parent',
    'parent-ends': 'a shard that has ended has another iterator for ever',
    'count-bound': 'no bound for the growth of a stream',
    'consumer-same-again': 'two consumers may have one name',
    'subscription-pushes': 'has no SubscribeToShard, and answers it with 500',
  }),
  ...of('moto', 'inconclusive', {
    'shards-none': 'answers with 500',
    'iterator-invalid': 'answers what is no iterator with 500',
    'parent-names-children': 'a shard that has ended has another iterator for ever',
    'parent-before-child': 'what comes after a split goes to the parent',
  }),
];
