import type { FidelityDeviation } from '../../fidelity.ts';

/** Of targets, never of SNS; the run that showed them asks all clauses of a target. */
function of(
  targets: readonly string[],
  known: Readonly<Record<string, string>>,
): readonly FidelityDeviation[] {
  return targets.flatMap((target) =>
    Object.entries(known).map(([clause, because]) => ({
      id: `${target}-${clause}`,
      clause,
      target,
      shows: 'deviates' as const,
      because,
      shownBy: `ackmark run --suite aws-fidelity --engine sns --target ${target}`,
      expires: '2027-05-31',
    })),
  );
}

export const deviations: readonly FidelityDeviation[] = [
  ...of(['fauxqs', 'fauxqs-sqlite'], {
    'dead-letter-of-subscription': 'what cannot be delivered is dropped',
    'filter-exact': 'a list of values matches nothing',
    'filter-invalid': 'filter policies are not looked at when they are set',
    'fifo-queue-of-standard-topic': 'does not compare the kinds of a topic and of a queue',
    'fifo-sequence': 'a publish is answered without a sequence number',
  }),
  ...of(['moto'], {
    'dead-letter-of-subscription': 'refuses the publish when a queue behind the topic is gone',
    'fifo-dedup-by-content': 'hands on no id, so that the queue refuses the message',
    'fifo-sequence': 'a publish is answered without a sequence number',
  }),
];
