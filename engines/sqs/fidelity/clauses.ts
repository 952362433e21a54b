import type { Fidelity } from '../../fidelity.ts';
import { batches } from './batches.ts';
import { crashes } from './crashes.ts';
import { deadLetters } from './dead-letters.ts';
import { deduplication } from './deduplication.ts';
import { deviations } from './deviations.ts';
import { groups } from './groups.ts';
import { minutes } from './minutes.ts';
import { queues } from './queues.ts';
import { quotas } from './quotas.ts';
import { receipts } from './receipts.ts';
import { sizes } from './sizes.ts';
import { visibility } from './visibility.ts';
import { waiting } from './waiting.ts';

/** What the documents of SQS say, in the order of a table. */
export const fidelity: Fidelity = {
  document: 'Amazon SQS (API version 2012-11-05)',
  clauses: [
    ...visibility,
    ...receipts,
    ...waiting,
    ...batches,
    ...sizes,
    ...queues,
    ...deadLetters,
    ...groups,
    ...deduplication,
    ...quotas,
    ...crashes,
    ...minutes,
  ],
  deviations,
};
