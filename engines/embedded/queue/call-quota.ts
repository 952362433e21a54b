import { TokenBucket } from '../../token-bucket.ts';
import type { Quota } from '../protocol/queue-attributes.ts';

/** What is counted apart from each other. */
export type Action = 'send' | 'receive' | 'delete' | 'change-visibility';

/**
 * So many calls a second of each action, and a second's worth at once: a token bucket, full at the start of
 * each life of the broker (Amazon SQS quotas, FIFO queues: 300 calls a second for each action, each with ten
 * messages at most).
 */
export class CallQuota {
  readonly #quota: Quota;
  readonly #buckets = new Map<Action, TokenBucket>();

  constructor(quota: Quota) {
    this.#quota = quota;
  }

  /** Takes a call out of the quota, if there is one left. */
  allows(action: Action, nowMs: number): boolean {
    const quota = this.#quota;
    if (quota.kind === 'none') return true;
    const { callsPerSecond } = quota;
    const bucket =
      this.#buckets.get(action) ?? new TokenBucket(callsPerSecond, callsPerSecond, nowMs);
    this.#buckets.set(action, bucket);
    return bucket.take(1, nowMs);
  }

  /** Most messages of one call. */
  get messagesPerCall(): number {
    return this.#quota.kind === 'none' ? Number.POSITIVE_INFINITY : this.#quota.messagesPerCall;
  }
}
