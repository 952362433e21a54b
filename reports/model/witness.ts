import type { WitnessRecord } from '../../harness/record/schema.ts';
import { duration } from '../text/numbers.ts';

/** Who had to do with a finding, and what was going on: terms with their texts, only those that say something. */
export function witnessTerms(
  witness: WitnessRecord,
  cellStartedNs: number,
): (readonly [term: string, text: string])[] {
  const at = (ns: number): string => duration(ns - cellStartedNs);
  const faults = witness.faults.map(({ name, startedNs, stoppedNs }) => {
    const until = stoppedNs === null ? 'the end' : at(stoppedNs);
    return `fault ${name} (${at(startedNs)} to ${until})`;
  });
  const terms: readonly (readonly [string, readonly string[]])[] = [
    ['written by', witness.writers],
    ['read by', witness.readers],
    ['next to', witness.neighbours],
    ['during', faults],
  ];
  return terms
    .filter(([, names]) => names.length > 0)
    .map(([term, names]) => [term, names.join(', ')]);
}
