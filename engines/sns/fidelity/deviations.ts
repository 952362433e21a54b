import type { FidelityDeviation } from '../../fidelity.ts';

const known: Readonly<Record<string, string>> = {
  'dead-letter-of-subscription': 'what cannot be delivered is dropped',
  'filter-exact': 'a list of values matches nothing',
  'filter-invalid': 'filter policies are not looked at when they are set',
  'fifo-queue-of-standard-topic': 'does not compare the kinds of a topic and of a queue',
  'fifo-sequence': 'a publish is answered without a sequence number',
};

/** Of targets, never of SNS. `shownBy` has the run in which each was seen first; it asks all of a target's clauses. */
export const deviations: readonly FidelityDeviation[] = ['fauxqs', 'fauxqs-sqlite'].flatMap(
  (target) =>
    Object.entries(known).map(([clause, because]) => ({
      id: `${target}-${clause}`,
      clause,
      target,
      because,
      shownBy: `ackmark run --suite aws-fidelity --engine sns --target ${target}`,
      expires: '2027-05-31',
    })),
);
