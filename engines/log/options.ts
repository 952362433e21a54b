import { z } from 'zod';
import { fsyncOption } from '../embedded/fsync.ts';
import { rebalanceProtocols } from '../embedded/log/rebalance.ts';
import type { TopicPolicy } from '../embedded/log/topic-policy.ts';
import { resetPolicies } from './reset-policy.ts';

const durationMs = z.number().int().min(1).max(3_600_000);

/** How a client of the embedded log produces and consumes. */
export const logOptions = z
  .strictObject({
    acks: z
      .enum(['none', 'leader', 'all'])
      .describe('Whose storing is answered: nobody’s, the leader’s, that of all in-sync replicas.'),
    idempotent: z
      .boolean()
      .describe('Batches carry producer id and sequence, so the broker drops copies of a retry.'),
    transactions: z
      .boolean()
      .describe(
        'Producers with a transactional id have transactions. Without idempotence a copy of a batch is stored twice in one.',
      ),
    maxInFlight: z
      .number()
      .int()
      .min(1)
      .max(5)
      .describe(
        'Unanswered batches per partition. Above 1, a retry without idempotence may reorder; with it the broker, which remembers five batches, keeps order.',
      ),
    isolation: z
      .enum(['read-uncommitted', 'read-committed'])
      .describe('Whether consumers see messages of transactions that are open or were aborted.'),
    transactionTimeoutMs: durationMs.describe(
      'The broker aborts a transaction that is open for so long.',
    ),
    replicas: z.number().int().min(1).max(7).describe('Wished; one node has one.'),
    minInSync: z.number().int().min(1).max(7),
    uncleanElection: z
      .boolean()
      .describe(
        'Whether, when no in-sync replica is there, any other may lead: what it lacks is lost.',
      ),
    retryRefused: z
      .boolean()
      .describe(
        'What too few in-sync replicas refuse is sent again; otherwise its outcome is told.',
      ),
    deliveryTimeoutMs: durationMs.describe(
      'How long a batch is sent again; then its outcome is unknown.',
    ),
    fsync: fsyncOption,
    tier: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('none') }),
        z.strictObject({
          kind: z.literal('beside'),
          localBytes: z.number().int().min(0),
          journalSegmentBytes: z.number().int().min(65_536).max(67_108_864),
          cacheBytes: z.number().int().min(0),
        }),
      ])
      .describe(
        'Of the broker, when it is started here. `beside`: of the journal only so much stays where it is written, older segments go to another directory and are read there; in memory are only so many bytes of batches.',
      ),
    requestTimeoutMs: durationMs.describe('An unanswered request ends the connection after it.'),
    fetchWaitMs: durationMs.describe('Long poll of a consumer that is up to date.'),
    rebalance: z
      .enum(rebalanceProtocols)
      .describe('Whether a rebalance takes everything from everybody, or only what changes hands.'),
    staticMembers: z
      .boolean()
      .describe('A consumer that comes back within its session timeout gets back what it had.'),
    sessionTimeoutMs: durationMs.describe('A member that is silent for so long is removed.'),
    pollIntervalMs: durationMs.describe(
      'A consumer that has delivered all it was asked for, and is asked for no more, leaves after it.',
    ),
    segmentBytes: z
      .number()
      .int()
      .min(1_024)
      .describe('Of a partition; retention removes whole ones.'),
    cleanup: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('keep') }),
        z.strictObject({
          kind: z.literal('delete'),
          ms: durationMs.optional(),
          bytes: z.number().int().min(1).optional(),
        }),
        z.strictObject({ kind: z.literal('compact'), tombstoneMs: durationMs }),
      ])
      .describe('What becomes of older messages: nothing, removal by age or size, or by key.'),
    reset: z
      .enum(resetPolicies)
      .describe('Where a consumer goes on whose position retention has removed.'),
    fetchBytes: z.number().int().min(1).max(4_194_304),
    bufferBytes: z
      .number()
      .int()
      .min(65_536)
      .describe('Unsettled bytes at which the producer asks for a pause.'),
  })
  .refine((o) => !o.idempotent || o.acks === 'all', 'idempotent needs acks: all')
  .refine((o) => !o.transactions || o.acks === 'all', 'transactions need acks: all')
  .refine(
    (o) => o.tier.kind === 'none' || o.replicas === 1,
    'a tier is for one node: the journal of a replica has none yet',
  )
  .refine((o) => o.minInSync <= o.replicas, 'minInSync must not exceed replicas')
  .refine(
    (o) => o.requestTimeoutMs >= 2 * o.fetchWaitMs,
    'requestTimeoutMs must be at least twice fetchWaitMs',
  );

export type LogOptions = z.infer<typeof logOptions>;

/** Of the topics that are made with these options. */
export function policyOf({ segmentBytes, cleanup }: LogOptions): TopicPolicy {
  if (cleanup.kind !== 'delete') return { segmentBytes, cleanup };
  return { segmentBytes, cleanup: { kind: 'delete', ms: cleanup.ms, bytes: cleanup.bytes } };
}
