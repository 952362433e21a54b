import { z } from 'zod';

const durationMs = z.int().min(1).max(3_600_000);

export const pulsarOptions = z.strictObject({
  /** How members of a subscription share it; see the documentation's subscription types. */
  subscription: z.enum(['shared', 'failover', 'key-shared']),
  /**
   * `harness`: the broker names the producer, and who sends again is a stranger to it. `client`: the producer has a name
   * and numbers its messages; after a lost connection it comes back under its name and sends in order what is unanswered.
   */
  resend: z.enum(['harness', 'client']),
  /** A send or a settlement without an answer is unknown after it. */
  answerTimeoutMs: durationMs,
  /** Where the client sends again: so long it tries. */
  deliveryTimeoutMs: durationMs,
  /** Unsettled bytes at which a producer asks for a pause. */
  bufferBytes: z.int().min(65_536).max(1_073_741_824).default(16_777_216),
});

export type PulsarOptions = z.infer<typeof pulsarOptions>;
