import { acknowledgements } from './acknowledgements.ts';
import { amounts } from './amounts.ts';
import { consumers } from './consumers.ts';
import { exchanges } from './exchanges.ts';
import { groups } from './groups.ts';
import { keeping } from './keeping.ts';
import { lag } from './lag.ts';
import { queues } from './queues.ts';
import { quotas } from './quotas.ts';
import { replication } from './replication.ts';
import { asking } from './requests.ts';
import type { Sentence } from './sentence.ts';
import { transactions } from './transactions.ts';

/** Every sentence on trial, in the order of a report. */
export const sentences: readonly Sentence[] = [
  ...acknowledgements,
  ...transactions,
  ...groups,
  ...consumers,
  ...lag,
  ...queues,
  ...exchanges,
  ...replication,
  ...keeping,
  ...quotas,
  ...asking,
  ...amounts,
].toSorted((one, other) => one.id.localeCompare(other.id, 'en', { numeric: true }));

/** Engines of this project's own: what holds there alone holds for reference only. */
export const references: readonly string[] = ['log', 'queue', 'broker'];
