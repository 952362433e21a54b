import { z } from 'zod';
import type { Engine } from '../engine.ts';

const freeze = z.strictObject({
  atMs: z.number().nonnegative().describe('after the first send'),
  forMs: z.number().positive(),
  how: z
    .enum(['block', 'push-back'])
    .describe('block: `send` keeps the thread; push-back: the client says that it is not writable'),
  measured: z
    .instanceof(SharedArrayBuffer)
    .optional()
    .describe('two doubles: when the freeze really began and ended, on the run’s clock'),
});

const options = z.strictObject({ freeze: freeze.optional() });

export type NullOptions = z.infer<typeof options>;
export type Freeze = z.infer<typeof freeze>;

const batchLimit = { messages: 100_000, bytes: Number.MAX_SAFE_INTEGER };

/**
 * Answers every send on the next turn, stores nothing and delivers nothing: what is measured with it is
 * the harness alone. It claims nothing, so a run of it proves nothing.
 */
export default {
  id: 'null',
  family: 'log',
  options,
  profiles: {
    nothing: {
      summary: 'answers ok, stores nothing, delivers nothing',
      level: 'at-most-once',
      promises: [],
      claimedUnder: [],
      waived: [],
      deviations: [],
      consumption: 'automatic',
      source: 'engines/null/engine.ts',
      options: {},
    },
  },
  outcomes: { 0: 'ok' },
  provisioners: {
    embedded: async () => (await import('./provision.ts')).provisioner,
  },
  traits: () => ({
    capabilities: new Set(),
    acknowledge: 'none',
    ackReply: 'none',
    sendReply: 'each',
    retriedBy: 'nobody',
    offsetsKeptBy: 'broker',
    drained: 'quiescence',
    sendLimit: batchLimit,
    settleLimit: batchLimit,
    receiveLimit: batchLimit.messages,
  }),
  administer: async () => ({
    apply: async (topology) => ({ topology, effective: ['stores nothing'], settings: {} }),
    backlog: async () => ({ by: 'quiescence' }),
    remove: async () => undefined,
    close: async () => undefined,
  }),
  connect: async (_target, parsed, actor) => {
    const { openSession } = await import('./client.ts');
    return openSession(parsed, actor);
  },
} satisfies Engine<NullOptions>;
