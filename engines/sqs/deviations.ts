import type { TargetDeviation } from '../aws/target-deviation.ts';

export const targetDeviations: readonly TargetDeviation[] = [
  {
    id: 'fauxqs-visibility-0',
    target: 'fauxqs-sqlite',
    because:
      'ChangeMessageVisibility to 0 violates a constraint of its database (500), and the message is gone until a restart',
    cases: [
      'what was not settled comes back after close, and says so if it can',
      'acknowledge covers what the traits say: one, or all before it',
      'requeue: a requeued message comes again; refused if not declared',
    ],
    shownBy: 'vitest run --project unit test/engines/sqs/deviations.test.ts',
  },
  {
    id: 'fauxqs-deduplication-in-memory',
    target: 'fauxqs-sqlite',
    because: 'deduplication ids are in memory alone: a send again after a restart is stored again',
    cases: [],
    shownBy:
      'ackmark run --engine sqs@fifo --target fauxqs-sqlite --suite aws --scenario broker-crash --seed 7: D4, 4 of 7,000',
  },
  {
    id: 'elasticmq-late-write',
    target: 'elasticmq',
    because:
      'H2 writes up to half a second after the answer (its WRITE_DELAY): a kill -9 loses what was acknowledged meanwhile',
    cases: [],
    shownBy:
      'ackmark run --engine sqs@standard,sqs@fifo --target elasticmq --suite aws --scenario broker-crash --seed 7: D1, 370 and 76 of 6,000; with WRITE_DELAY=0 none of the FIFO queue’s',
  },
  {
    id: 'elasticmq-restart-order',
    target: 'elasticmq',
    because:
      'after a restart messages of a group come in another order, and while one of them is in flight',
    cases: [],
    shownBy:
      'ackmark run --engine sqs@fifo --target elasticmq --suite aws --scenario broker-crash --seed 7: O2, 16 of 5,924, and with WRITE_DELAY=0 O8, too',
  },
];
