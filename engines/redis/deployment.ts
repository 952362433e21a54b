import { invariant } from '../../harness/core/errors.ts';
import type { Deployed } from '../engine.ts';

/** What `apply` found, and every actor needs to know. */
export interface Found {
  /** How many replicas a batch of sends is to wait for. */
  readonly replicas: number;
}

export const settingsOf = ({ replicas }: Found): Deployed['settings'] => ({
  replicas: String(replicas),
});

export function waitedFor({ settings }: Deployed): number {
  const replicas = Number(settings['replicas']);
  invariant(Number.isInteger(replicas) && replicas >= 0, 'this deployment was not made by redis');
  return replicas;
}
