import type { FidelityDeviation } from '../../fidelity.ts';

type Shows = FidelityDeviation['shows'];

/** Of targets, never of SQS; the run that showed them asks all clauses of a target. */
function of(
  targets: readonly string[],
  shows: Shows,
  known: Readonly<Record<string, string>>,
): readonly FidelityDeviation[] {
  return targets.flatMap((target) =>
    Object.entries(known).map(([clause, because]) => ({
      id: `${target}-${clause}`,
      clause,
      target,
      shows,
      because,
      shownBy: `ackmark run --suite aws-fidelity --engine sqs --target ${target}`,
      expires: '2027-05-31',
    })),
  );
}

const fauxqs = ['fauxqs', 'fauxqs-sqlite'];

export const deviations: readonly FidelityDeviation[] = [
  ...of(fauxqs, 'deviates', {
    'receipt-expired-fifo': 'a receipt is good for as long as nobody else has received the message',
    'receipt-invalid': 'a receipt that nobody was given deletes nothing, and is accepted',
    'delay-bound': 'no bound for the delay of a message',
    'batch-send-partial': 'entries of a batch are not held against the bound of a delay',
    'batch-delete-partial': 'a receipt that nobody was given is a success of its entry',
    'attributes-bound': 'no bound for the attributes of a message',
    'body-unicode': 'refuses all characters beyond U+FFFD',
    'purge-once-a-minute': 'purges as often as it is asked to',
    'attributes-unasked': 'hands out the attributes of a message unasked',
    'dead-letter-identity': 'does not tell where a dead letter comes from',
    'dead-letter-of-fifo': 'does not compare the kinds of a queue and of its dead-letter queue',
    'fifo-several-of-a-group': 'hands out one message of a group a receive',
    'fifo-attempt-id': 'does not know attempts of a receive',
    'dedup-per-group': 'an id is known in the whole queue, whatever DeduplicationScope says',
  }),
  ...of(['fauxqs-sqlite'], 'deviates', {
    'visibility-zero': 'answers with 500: a constraint of its database',
    'dedup-over-a-crash': 'deduplication ids are in memory alone',
  }),
  ...of(['elasticmq'], 'deviates', {
    'visibility-bound': 'no bound for a visibility timeout',
    'receipt-stale': 'a receipt that is not the latest is refused',
    'receipt-expired-fifo': 'a receipt is good for as long as nobody else has received the message',
    'batch-empty': 'a batch of no entries is accepted',
    'size-batch-bound': 'refused, and under another name',
    'size-of-queue': 'MaximumMessageSize has no effect',
    'size-with-attributes': 'MaximumMessageSize has no effect',
    'body-characters': 'refused, and under another name',
    'retention-bounds': 'takes every MessageRetentionPeriod, and has none',
    'purge-once-a-minute': 'purges as often as it is asked to',
    'dead-letter-move-source': 'does not answer',
    'dead-letter-of-fifo': 'does not compare the kinds of a queue and of its dead-letter queue',
    'fifo-attempt-id': 'the same messages come again with other receipts',
    'dedup-per-group': 'an id is known in the whole queue, whatever DeduplicationScope says',
    'kept-over-a-crash': 'its database writes up to half a second after the answer',
  }),
  ...of(['moto'], 'deviates', {
    'receipt-stale': 'every receipt of a message deletes it',
    'receipt-expired-fifo': 'a receipt is good for as long as the message is there',
    'size-with-attributes': 'attributes do not count towards a size',
    'attributes-bound': 'no bound for the attributes of a message',
    'body-empty': 'a body may be empty',
    'body-characters': 'a body may have every character',
    'retention-bounds': 'no lower bound of a retention',
    'dead-letter-identity': 'does not tell where a dead letter comes from',
    'dead-letter-move-back': 'has no StartMessageMoveTask, and answers it with 500',
    'fifo-sequence': 'sequence numbers do not grow',
    'fifo-attempt-id': 'does not know attempts of a receive',
    'dedup-after-delete': 'forgets an id with the message that had it',
    'dedup-per-group': 'an id is known in the whole queue, whatever DeduplicationScope says',
  }),
  ...of(['moto'], 'inconclusive', {
    'dead-letter-move-source': 'has no StartMessageMoveTask, and answers it with 500',
    'dead-letter-move-told': 'has no StartMessageMoveTask, and answers it with 500',
    'fifo-calls': 'takes fewer calls a second than the quota has',
  }),
  ...of(['localstack'], 'deviates', {
    'visibility-bound': 'no bound for a visibility timeout',
    'receipt-stale': 'every receipt of a message deletes it',
    'delay-bound': 'no bound for the delay of a message',
    'batch-send-partial': 'entries of a batch are not held against the bound of a delay',
    'attributes-bound': 'no bound for the attributes of a message',
    'retention-bounds': 'no lower bound of a retention',
    'purge-once-a-minute': 'purges as often as it is asked to, unless it is told to delay',
    'dead-letter-of-fifo': 'does not compare the kinds of a queue and of its dead-letter queue',
    'fifo-attempt-id': 'does not know attempts of a receive',
  }),
];
