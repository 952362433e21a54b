import type { FidelityDeviation } from '../../fidelity.ts';

/** Of targets, never of SQS. `shownBy` has the run in which each was seen first; it asks all of a target's clauses. */
const shownBy = (target: string): string =>
  `ackmark run --suite aws-fidelity --engine sqs --target ${target}`;
const expires = '2027-05-31';

function of(
  targets: readonly string[],
  known: Readonly<Record<string, string>>,
): readonly FidelityDeviation[] {
  return targets.flatMap((target) =>
    Object.entries(known).map(([clause, because]) => ({
      id: `${target}-${clause}`,
      clause,
      target,
      because,
      shownBy: shownBy(target),
      expires,
    })),
  );
}

export const deviations: readonly FidelityDeviation[] = [
  ...of(['fauxqs', 'fauxqs-sqlite'], {
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
  ...of(['fauxqs-sqlite'], {
    'visibility-zero': 'answers with 500: a constraint of its database',
    'dedup-over-a-crash': 'deduplication ids are in memory alone',
  }),
  ...of(['elasticmq'], {
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
];
