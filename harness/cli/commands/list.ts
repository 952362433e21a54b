import { catalog } from '../../../engines/catalog.ts';
import { scenarios } from '../../../scenarios/catalog.ts';
import { checkIds, clauseTitle, familyOf } from '../../core/anomalies.ts';
import { suites } from '../../../scenarios/suites.ts';
import type { Command } from '../command.ts';

const things = ['engines', 'profiles', 'scenarios', 'suites', 'checks'] as const;

export const listCommand: Command = (parser, invocation) =>
  parser.command(
    'list [what]',
    'what there is: engines, profiles, scenarios, suites, checks',
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
    case 'scenarios':
      return scenarios.map((scenario) => [scenario.id, scenario.summary]);
    case 'suites':
      return Object.entries(suites).map(([name, suite]) => [
        name,
        `${suite.engines.join(', ')} on ${suite.target}`,
      ]);
    case 'checks':
      return checkIds.map((id) => [id, `${familyOf(id).padEnd(12)}  ${clauseTitle[id]}`]);
  }
}
