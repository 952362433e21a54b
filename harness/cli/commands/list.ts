import type { Command } from '../command.ts';
import { type Listed, listings, things } from '../listings.ts';
import { aligned } from '../prose.ts';

export const listCommand: Command = (parser, invocation) =>
  parser.command(
    'list [what]',
    'what there is: engines, profiles and what they claim, levels and promises and what they demand, scenarios, suites, checks, and the mutants that test them',
    (yargs) =>
      yargs
        .example('$0 list levels', '')
        .positional('what', { choices: things, describe: 'without it, all of them' })
        .option('json', {
          boolean: true,
          default: false,
          describe: 'one JSON document: an array, or without a name an object of all arrays',
        }),
    async ({ what, json }) => {
      const { host } = invocation;
      if (what !== undefined) {
        const listed = await listings[what]();
        host.stdout(json ? `${JSON.stringify(entriesOf(listed))}\n` : `${rowsOf(listed)}\n`);
        return;
      }
      const all = await Promise.all(
        things.map(async (thing) => [thing, await listings[thing]()] as const),
      );
      if (json) {
        const document = Object.fromEntries(
          all.map(([thing, listed]) => [thing, entriesOf(listed)]),
        );
        host.stdout(`${JSON.stringify(document)}\n`);
        return;
      }
      for (const [thing, listed] of all) host.stdout(`${thing}\n${rowsOf(listed)}\n`);
    },
  );

function rowsOf(listed: readonly Listed[]): string {
  return aligned(
    listed.map(({ name, text }) => [name, text]),
    '  ',
  );
}

function entriesOf(listed: readonly Listed[]): readonly Readonly<Record<string, unknown>>[] {
  return listed.map(({ name, facts }) => ({ name, ...facts }));
}
