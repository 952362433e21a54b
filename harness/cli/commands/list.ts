import { catalog } from '../../../engines/catalog.ts';
import { scenarios } from '../../../scenarios/catalog.ts';
import type { Profile } from '../../../engines/engine.ts';
import { clauseTitle, familyOf } from '../../core/anomalies.ts';
import { type Obligation, obligedBy } from '../../core/clauses.ts';
import { decidedChecks } from '../../run/explain/decided-checks.ts';
import { suites } from '../../../scenarios/suites.ts';
import { mutants, pendingMutants } from '../../selftest/mutants/catalog.ts';
import type { Expected } from '../../selftest/mutants/mutant.ts';
import type { Command } from '../command.ts';

const things = [
  'engines',
  'profiles',
  'claims',
  'scenarios',
  'suites',
  'checks',
  'mutants',
] as const;

export const listCommand: Command = (parser, invocation) =>
  parser.command(
    'list [what]',
    'what there is: engines, profiles and what they claim, scenarios, suites, checks, and the mutants that test them',
    (yargs) => yargs.positional('what', { choices: things }),
    async ({ what }) => {
      const wanted = what === undefined ? things : [what];
      for (const thing of wanted) {
        const rows = await rowsOf(thing);
        const width = Math.max(...rows.map(([name]) => name.length));
        if (what === undefined) invocation.host.stdout(`${thing}\n`);
        for (const [name, text] of rows) {
          invocation.host.stdout(`  ${name.padEnd(width)}  ${text}\n`);
        }
      }
    },
  );

async function rowsOf(
  thing: (typeof things)[number],
): Promise<readonly (readonly [string, string])[]> {
  switch (thing) {
    case 'engines':
      return catalog.map((entry) => [entry.id, `target ${entry.defaultTarget}`]);
    case 'profiles': {
      const engines = await Promise.all(catalog.map((entry) => entry.load()));
      return engines.flatMap(({ default: engine }) =>
        Object.entries(engine.profiles).map(
          ([name, profile]) =>
            [`${engine.id}@${name}`, `${profile.level}: ${profile.summary}`] as const,
        ),
      );
    }
    case 'claims': {
      const engines = await Promise.all(catalog.map((entry) => entry.load()));
      return engines.flatMap(({ default: engine }) =>
        Object.entries(engine.profiles).map(
          ([name, profile]) => [`${engine.id}@${name}`, claimText(profile)] as const,
        ),
      );
    }
    case 'scenarios':
      return scenarios.map((scenario) => [scenario.id, scenario.summary]);
    case 'suites':
      return Object.entries(suites).map(([name, suite]) => [
        name,
        `${suite.engines.join(', ')} on ${suite.target}`,
      ]);
    case 'checks':
      return decidedChecks.map((id) => [id, `${familyOf(id).padEnd(12)}  ${clauseTitle[id]}`]);
    case 'mutants':
      return [
        ...mutants.map(
          ({ id, story, expects }) => [id, `${story}: ${expectationOf(expects)}`] as const,
        ),
        ...pendingMutants.map(({ id, because }) => [id, `pending: ${because}`] as const),
      ].toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  }
}

function expectationOf(expects: Expected): string {
  return 'root' in expects ? `${expects.root} ${expects.as}` : expects.as;
}

/** What a profile must keep and should keep, under which faults, and what it is excused from. */
function claimText(profile: Profile<unknown>): string {
  const { level, promises, claimedUnder, waived, deviations } = profile;
  const obliged = obligedBy(level, promises, { effectsRecorded: false });
  const ids = (obligation: Obligation): string =>
    obliged
      .filter((clause) => clause.obligation === obligation)
      .map(({ check }) => check)
      .filter((check) => waived.every(({ clause }) => clause !== check))
      .join(' ');
  const excused = deviations.map(({ id, clause, expires }) => `${clause} (${id}) until ${expires}`);
  return [
    [level, ...promises].join(', '),
    `must ${ids('must')}`,
    `should ${ids('should')}`,
    `under ${claimedUnder.join(', ') || 'no fault'}`,
    ...(waived.length > 0 ? [`waived ${waived.map(({ clause }) => clause).join(' ')}`] : []),
    ...(excused.length > 0 ? [`deviates ${excused.join(', ')}`] : []),
  ].join('; ');
}
