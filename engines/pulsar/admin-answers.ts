import { z } from 'zod';
import { AckmarkError } from '../../harness/core/errors.ts';

/** Of a subscription, in messages. */
export interface SubscriptionStats {
  /** Not acknowledged, in somebody's hand or not. */
  readonly backlog: number;
  /** In somebody's hand; told of shared subscriptions. */
  readonly unacknowledged: number;
}

const count = z.int().min(0);
const stats = z.object({
  subscriptions: z.record(z.string(), z.object({ msgBacklog: count, unackedMessages: count })),
});
const runtime = z.record(z.string(), z.string());

/** Undefined where the topic has no such subscription. @throws AckmarkError CONNECT_FAILED for what is no answer */
export function readStats(json: string, subscription: string): SubscriptionStats | undefined {
  const found = parsed(stats, json, 'a topic’s statistics').subscriptions[subscription];
  return found === undefined
    ? undefined
    : { backlog: found.msgBacklog, unacknowledged: found.unackedMessages };
}

/** The configuration that the broker runs with, by its own names. */
export function readRuntime(json: string): ReadonlyMap<string, string> {
  return new Map(Object.entries(parsed(runtime, json, 'its configuration')));
}

function parsed<T>(schema: z.ZodType<T>, json: string, what: string): T {
  try {
    return schema.parse(JSON.parse(json));
  } catch (cause) {
    throw new AckmarkError(
      'CONNECT_FAILED',
      `Pulsar’s admin API does not tell ${what} as 4.0 does`,
      {
        hint: 'Use a broker of version 4.0.',
        cause,
      },
    );
  }
}
