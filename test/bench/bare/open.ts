import type { BareData } from './bare-loop.ts';

/** Opens a client and returns how to publish a batch and how to leave. */
export type Open = (
  data: BareData,
  bodyOf: (message: number) => Buffer,
  acknowledged: (count: number) => void,
) => Promise<BarePublisher>;

export interface BarePublisher {
  publish(first: number, count: number): void;
  close(): Promise<void>;
}

/** Clients tell of what they could not do; here nothing may go wrong. */
export function failOn(error: unknown): void {
  if (error !== null && error !== undefined) throw error;
}
