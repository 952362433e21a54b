import type { FaultDomain } from '../../harness/core/clauses.ts';
import type { Deviation, Profile } from '../engine.ts';
import type { SqsOptions } from './options.ts';

const guide = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide';
const api = '(API version 2012-11-05)';

/** Short enough to be waited for several times in one cell; the default of SQS is 30 s. */
const visibilitySeconds = 3;

const standard: SqsOptions = {
  kind: 'standard',
  limits: 'per-queue',
  visibilitySeconds,
  receiveWaitSeconds: 1,
  sendsAtOnce: 8,
  lingerMs: 0,
  receivesAtOnce: 4,
  attempts: 1,
  answerTimeoutMs: 5_000,
  resend: 'harness',
  bufferMessages: 1_000,
  service: { does: 'what-the-target-does' },
};
const fifo: SqsOptions = { ...standard, kind: 'fifo' };
/** As the client does it when nobody says anything (SDK reference guide, retry behavior: standard, three attempts). */
const byTheClient = { attempts: 3, resend: 'client' } as const;

/** Often enough for some hundred of each in a cell of some thousand messages. */
const stumbling: SqsOptions['service'] = {
  does: 'stumble',
  seed: 1,
  throttledPermille: 20,
  refusedPermille: 5,
  failedPermille: 5,
  brokenPermille: 20,
  lostPermille: 5,
};

/**
 * SQS stores what it acknowledges in several availability zones (standard-queues.html), so a crash of a process is the
 * least that its promise survives. Node and power loss are claimed by no profile: no target here has a second node, or
 * one whose power could be taken.
 */
const anyCrash = [
  'none',
  'client-crash',
  'connection-loss',
  'process-crash',
] as const satisfies readonly FaultDomain[];

/** Of targets, never of SQS: `deviations.ts` has the runs that showed them. */
function deviation(
  id: string,
  clause: Deviation['clause'],
  target: string,
  because: string,
): Deviation {
  return { id, clause, under: 'process-crash', target, because, expires: '2027-05-31' };
}

const ofTargets: readonly Deviation[] = [
  deviation(
    'elasticmq-late-write',
    'D1',
    'elasticmq',
    'ElasticMQ 1.7.1 answers up to half a second before its database writes',
  ),
];
const ofFifoTargets: readonly Deviation[] = [
  ...ofTargets,
  deviation(
    'elasticmq-restart-order',
    'O2',
    'elasticmq',
    'ElasticMQ 1.7.1 does not keep the order of a message group over a restart',
  ),
  deviation(
    'elasticmq-restart-order',
    'O8',
    'elasticmq',
    'ElasticMQ 1.7.1 forgets in a restart that a message of a group is in flight',
  ),
  deviation(
    'fauxqs-deduplication-in-memory',
    'D4',
    'fauxqs-sqlite',
    'fauxqs 2.4.1 keeps deduplication ids in memory alone',
  ),
];

export const profiles = {
  /** Copies and disorder are allowed by its document, so only loss is promised against. */
  standard: {
    summary: 'a standard queue: deleted after processing, sent again by the harness alone',
    level: 'at-least-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: ofTargets,
    consumption: 'settle-after-processing',
    source: `${guide}/standard-queues-at-least-once-delivery.html ${api}`,
    options: standard,
  },
  fifo: {
    summary: 'a FIFO queue: message groups in order, a copy of a send is recognised by its id',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'fifo-groups'],
    claimedUnder: anyCrash,
    waived: [],
    deviations: ofFifoTargets,
    consumption: 'settle-after-processing',
    source: `${guide}/FIFO-queues-exactly-once-processing.html and FIFO-queues-understanding-logic.html ${api}`,
    options: fifo,
  },
  /** Where groups have limits of their own, ids do, too; nothing else is promised otherwise. */
  'fifo-high-throughput': {
    summary: 'as fifo, with the limits and the deduplication of each message group apart',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'fifo-groups'],
    claimedUnder: anyCrash,
    waived: [],
    deviations: ofFifoTargets,
    consumption: 'settle-after-processing',
    source: `${guide}/high-throughput-fifo.html ${api}`,
    options: { ...fifo, limits: 'per-group' },
  },
  /** The client answers ok after a lost answer, and has stored the message twice. */
  'as-users-run-it': {
    summary: 'as standard, with the retries that the client has by default',
    level: 'at-least-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: ofTargets,
    consumption: 'settle-after-processing',
    source: `${guide}/standard-queues-at-least-once-delivery.html ${api}`,
    options: { ...standard, ...byTheClient },
  },
  'fifo-as-users-run-it': {
    summary: 'as fifo, with the retries that the client has by default',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'fifo-groups'],
    claimedUnder: anyCrash,
    waived: [],
    deviations: ofFifoTargets,
    consumption: 'settle-after-processing',
    source: `${guide}/FIFO-queues-exactly-once-processing.html ${api}`,
    options: { ...fifo, ...byTheClient },
  },
  /**
   * Calls enough at once to go beyond the quota, and each of them full: where calls are what is counted, a producer waits
   * for ten messages, for 200 ms as the buffered client of AWS does (Developer Guide, maxBatchOpenMs).
   */
  'fifo-quota': {
    summary:
      'as fifo-as-users-run-it, with the quota of SQS: 300 calls/s of each action, ten messages each',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'fifo-groups'],
    claimedUnder: anyCrash,
    waived: [],
    deviations: ofFifoTargets,
    consumption: 'settle-after-processing',
    source: `${guide}/quotas-messages.html and troubleshooting-fifo-throttling-issues.html ${api}`,
    options: {
      ...fifo,
      ...byTheClient,
      sendsAtOnce: 32,
      lingerMs: 200,
      bufferMessages: 4_000,
      service: { does: 'limit-calls', callsPerSecond: 300 },
    },
  },
  /** What nobody can ask of SQS, and what a consumer of it must be ready for. */
  'standard-allowed': {
    summary: 'as standard, with copies and disorder as its document allows them',
    level: 'at-least-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: ofTargets,
    consumption: 'settle-after-processing',
    source: `${guide}/standard-queues-at-least-once-delivery.html and sqs-visibility-timeout.html ${api}`,
    options: {
      ...standard,
      service: {
        does: 'repeat-and-disorder',
        seed: 1,
        latePermille: 20,
        passedByMost: 500,
        twicePermille: 10,
        undeletedPermille: 10,
        heldMsMost: 1_000,
      },
    },
  },
  'standard-stumbling': {
    summary: 'as standard, at a service that throttles, fails calls and entries, and loses answers',
    level: 'at-least-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: ofTargets,
    consumption: 'settle-after-processing',
    source: `${guide}/best-practices-error-handling.html and standard-queues-at-least-once-delivery.html ${api}`,
    options: { ...standard, service: stumbling },
  },
  'fifo-stumbling': {
    summary: 'as fifo, at a service that throttles, fails calls and entries, and loses answers',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'fifo-groups'],
    claimedUnder: anyCrash,
    waived: [],
    deviations: ofFifoTargets,
    consumption: 'settle-after-processing',
    source: `${guide}/best-practices-error-handling.html and FIFO-queues-exactly-once-processing.html ${api}`,
    options: { ...fifo, service: stumbling },
  },
} as const satisfies Readonly<Record<string, Profile<SqsOptions>>>;
