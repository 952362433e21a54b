import type { Fidelity } from '../../fidelity.ts';
import { consumers } from './consumers.ts';
import { crashes } from './crashes.ts';
import { deviations } from './deviations.ts';
import { iterators } from './iterators.ts';
import { quotas } from './quotas.ts';
import { reads } from './reads.ts';
import { stored } from './records.ts';
import { resharding } from './resharding.ts';
import { retention } from './retention.ts';
import { sizes } from './sizes.ts';
import { streams } from './streams.ts';

/** What the documents of Kinesis Data Streams say, in the order of a table. */
export const fidelity: Fidelity = {
  document: 'Amazon Kinesis Data Streams (API version 2013-12-02)',
  clauses: [
    ...streams,
    ...stored,
    ...iterators,
    ...reads,
    ...sizes,
    ...resharding,
    ...retention,
    ...consumers,
    ...quotas,
    ...crashes,
  ],
  deviations,
};
