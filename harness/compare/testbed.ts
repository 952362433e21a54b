import { hashText } from '../core/random.ts';
import type { Comparison } from '../record/comparison-schema.ts';
import type { RunRecord } from '../record/schema.ts';

type Host = RunRecord['host'];

/** What makes a machine another one. How busy it was is not part of it: that shows in the rounds. */
const traits: readonly { readonly what: string; readonly of: (host: Host) => string }[] = [
  { what: 'operating system', of: ({ os }) => os },
  { what: 'processor', of: ({ cpu }) => cpu },
  { what: 'cores', of: ({ cores }) => String(cores) },
  { what: 'memory', of: ({ memoryBytes }) => `${(memoryBytes / 2 ** 30).toFixed(1)} GiB` },
  { what: 'Node', of: ({ node }) => node },
];

export function testbedOf(
  host: Host,
): readonly { readonly what: string; readonly value: string }[] {
  return traits.map(({ what, of }) => ({ what, value: of(host) }));
}

/** Eight hexadecimal digits: the same for machines that nothing above tells apart. */
export function fingerprintOf(host: Host): string {
  return hashText(JSON.stringify(testbedOf(host)))
    .toString(16)
    .padStart(8, '0');
}

/** Figures of two testbeds say nothing about what changed between the runs. Empty: they are alike. */
export function differencesOf(base: Host, head: Host): Comparison['testbed'] {
  return traits
    .map(({ what, of }) => ({ what, base: of(base), head: of(head) }))
    .filter((trait) => trait.base !== trait.head);
}
