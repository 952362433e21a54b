import { catalog } from '../../../engines/catalog.ts';
import type { Consumption, Profile } from '../../../engines/engine.ts';
import { clauseTitle } from '../../core/anomalies.ts';
import { obligedBy } from '../../core/clauses.ts';
import { aligned, wrapped } from '../prose.ts';

const consumptionMeaning: Readonly<Record<Consumption, string>> = {
  automatic: 'never: what is handed out counts as settled',
  'settle-before-processing': 'before it processes',
  'settle-after-processing': 'after it has processed',
};

export interface NamedProfile {
  readonly name: string;
  readonly profile: Profile<unknown>;
}

/** Undefined: nothing in the catalogue is called so, or it is no `engine@profile`. */
export async function profileCalled(name: string): Promise<NamedProfile | undefined> {
  const [engine = '', wanted] = name.split('@');
  const entry = catalog.find(({ id }) => id === engine);
  if (entry === undefined || wanted === undefined) return undefined;
  const { profiles } = (await entry.load()).default;
  const profile = Object.hasOwn(profiles, wanted) ? profiles[wanted] : undefined;
  return profile === undefined ? undefined : { name: `${engine}@${wanted}`, profile };
}

/** What a profile is set to, what it claims under which faults, and who says so. */
export function profileText({ name, profile }: NamedProfile, columns: number): string {
  const { level, claimedUnder, waived, deviations, editions = [] } = profile;
  const obliged = obligedBy(level, profile.promises, { effects: 'unrecorded' }).filter(
    ({ check }) => waived.every(({ clause }) => clause !== check),
  );
  const claims = (wanted: 'must' | 'should'): string =>
    aligned(
      obliged
        .filter(({ obligation }) => obligation === wanted)
        .map(({ check }) => [check, clauseTitle[check]]),
      '  ',
    );
  const facts = [
    ['level', [level, ...profile.promises].join(', ')],
    ['claimed under', claimedUnder.join(', ') || 'nothing: it is there as a control'],
    ['settles', consumptionMeaning[profile.consumption]],
    ...Object.entries(optionsOf(profile)).map(([option, value]) => [
      `option ${option}`,
      JSON.stringify(value),
    ]),
    ...editions.map(({ from, promises }) => [
      `from version ${from} on`,
      [level, ...promises].join(', '),
    ]),
  ];
  const parts = [
    `${name}  a profile`,
    wrapped(profile.summary, columns, '  '),
    aligned(facts, '  '),
    `  from\n${wrapped(profile.source, columns, '    ')}`,
  ];
  const must = claims('must');
  parts.push(
    must === '' ? 'It claims nothing.' : `A finding of these violates what it claims\n${must}`,
  );
  const should = claims('should');
  if (should !== '') parts.push(`A finding of these is a warning\n${should}`);
  for (const { clause, because } of waived)
    parts.push(wrapped(`Waived: ${clause}: ${because}`, columns, ''));
  for (const { id, clause, because, expires } of deviations) {
    parts.push(
      wrapped(`Known deviation ${id} of ${clause}, until ${expires}: ${because}`, columns, ''),
    );
  }
  parts.push(`  ackmark run --engine ${name}`);
  return parts.join('\n\n');
}

function optionsOf({ options }: Profile<unknown>): Readonly<Record<string, unknown>> {
  return typeof options === 'object' && options !== null ? { ...options } : {};
}
