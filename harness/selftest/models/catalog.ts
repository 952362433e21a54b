import type { ModelHistory } from '../../simulate/played.ts';
import { playLog } from './log.ts';
import { playQueue } from './queue.ts';
import { playRouter } from './router.ts';
import { playTransactions } from './transactions.ts';

/** By name: the models that make healthy histories, one of every seed. */
export const models: Readonly<Record<string, (seed: number, defect: string) => ModelHistory>> = {
  log: playLog,
  queue: playQueue,
  router: playRouter,
  transactions: playTransactions,
};
