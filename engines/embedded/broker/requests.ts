import type { BindingSpec } from './exchanges/exchange-type.ts';

/** To bind or unbind. */
export interface BindRequest {
  readonly exchange: number;
  readonly queue: number;
  readonly spec: BindingSpec;
}

export interface PublishRequest {
  /** 0 is the default exchange. */
  readonly exchange: number;
  /** A message that no queue gets is told of. */
  readonly mandatory: boolean;
  /** False: it lives until the broker ends. */
  readonly persistent: boolean;
  /** 0 to 255. */
  readonly priority: number;
}

/** `requeue`: to its old place in the queue. `reject`: it dies. */
export const settleHows = ['acknowledge', 'requeue', 'reject'] as const;
export type SettleHow = (typeof settleHows)[number];

export interface SettleRequest {
  readonly consumer: number;
  readonly tags: readonly number[];
  readonly how: SettleHow;
}
