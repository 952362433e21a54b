import type { Start } from '../engine.ts';

/** What a consumer of the log reads, and as whom. */
export interface Subscription {
  readonly group: string;
  readonly topic: number;
  readonly start: Start;
  /** Of a static member, which gets back what it had when it comes with the same one again. */
  readonly instance: string | undefined;
}
