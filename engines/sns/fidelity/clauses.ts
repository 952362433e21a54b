import type { Fidelity } from '../../fidelity.ts';
import { away } from './away.ts';
import { crashes } from './crashes.ts';
import { delivery } from './delivery.ts';
import { deviations } from './deviations.ts';
import { fifo } from './fifo.ts';
import { filtering } from './filters.ts';

/** What the documents of SNS say, in the order of a table. */
export const fidelity: Fidelity = {
  document: 'Amazon SNS (API version 2010-03-31)',
  clauses: [...delivery, ...away, ...filtering, ...fifo, ...crashes],
  deviations,
};
