import { z } from 'zod';
import type { Engine, Traits } from '../../../../engines/engine.ts';

const options = z.strictObject({
  kind: z.enum(['standard', 'fifo']),
  visibilitySeconds: z.int().min(1).max(43_200),
});
export type SqsOptions = z.infer<typeof options>;

export const code = {
  ok: 0,
  notDeclared: 1,
  senderFault: 2,
  serverFault: 3,
  noAnswer: 4,
  refused: 5,
} as const;

/** A paper test of the contract: SQS in batches of ten. Thrown away when the real adapter comes. */
export default {
  id: 'paper-sqs',
  family: 'queue',
  options,
  profiles: {
    standard: {
      summary: 'standard queue, deleted after processing',
      level: 'at-least-once',
      promises: [],
      claimedUnder: ['client-crash'],
      waived: [],
      deviations: [],
      consumption: 'settle-after-processing',
      source: 'SQS Developer Guide, Amazon SQS standard queues',
      options: { kind: 'standard', visibilitySeconds: 2 },
    },
    fifo: {
      summary: 'FIFO queue with explicit deduplication ids',
      level: 'at-least-once',
      promises: ['per-key-order'],
      claimedUnder: ['client-crash'],
      waived: [],
      deviations: [],
      consumption: 'settle-after-processing',
      source: 'SQS Developer Guide, Amazon SQS FIFO queues',
      options: { kind: 'fifo', visibilitySeconds: 2 },
    },
  },
  traits: ({ kind }): Traits => ({
    capabilities: new Set([
      'headers',
      'groups',
      'lease',
      'extend',
      'requeue',
      'attempts',
      'redelivered-flag',
      ...(kind === 'fifo'
        ? (['message-groups', 'deduplication', 'places'] as const)
        : (['delay'] as const)),
    ]),
    acknowledge: 'individual',
    ackReply: 'each',
    sendReply: 'each',
    retriedBy: 'nobody',
    offsetsKeptBy: 'broker',
    drained: 'exact-depth',
    sendLimit: { messages: 10, bytes: 190_000 },
    settleLimit: { messages: 10, bytes: 190_000 },
    receiveLimit: 100,
  }),
  administer: async (target, given) =>
    (await import('./administration.ts')).administer(target, given),
  connect: async (target, given, actor) =>
    (await import('./session.ts')).connect(target, given, actor),
  outcomes: {
    [code.ok]: 'ok',
    [code.notDeclared]: 'needs an undeclared capability',
    [code.senderFault]: 'Failed entry, SenderFault',
    [code.serverFault]: 'Failed entry, server fault',
    [code.noAnswer]: 'no answer',
    [code.refused]: 'request refused (4xx)',
  },
  provisioners: {},
  external: (url) => {
    const { origin, protocol } = new URL(url);
    if (!protocol.startsWith('http')) throw new TypeError(`${url} is no HTTP endpoint`);
    return { kind: 'external', title: `SQS at ${origin}`, address: origin, nodes: 1, settings: {} };
  },
} satisfies Engine<SqsOptions>;
