import { resolve } from 'node:path';
import { catalog } from '../../../engines/catalog.ts';
import type { Engine } from '../../../engines/engine.ts';
import { choiceText } from '../../../reports/terminal/choice.ts';
import { type NeedId, needIds, type Offer } from '../../../scenarios/choosing/needs.ts';
import { choose } from '../../choose/choose.ts';
import { AckmarkError } from '../../core/errors.ts';
import { ExitCode } from '../../core/exit-codes.ts';
import { suggestion } from '../../core/suggest.ts';
import { readRecord } from '../../record/run-directory.ts';
import type { Command } from '../command.ts';
import { screenOptions } from '../reporters.ts';
import { list } from '../word-lists.ts';

export const chooseCommand: Command = (parser, invocation) =>
  parser.command(
    'choose',
    'a log, a queue or a broker, and which profiles: from what you need, and what a run showed',
    (yargs) =>
      yargs
        .example('$0 choose --needs replay,per-key-order --from runs/latest', '')
        .option('needs', {
          type: 'string',
          array: true,
          demandOption: true,
          describe: 'what it must do, separated by commas; see `ackmark list needs`',
        })
        .option('from', {
          type: 'string',
          describe: 'a run directory whose cells are cited; without it nothing counts as shown',
        })
        .option('json', { boolean: true, default: false, describe: 'one JSON document' }),
    async ({ needs, from, json }) => {
      const { host } = invocation;
      const wanted = needsNamed(needs);
      const record =
        from === undefined ? undefined : readRecord(resolve(host.directory, from)).record;
      const choice = choose(wanted, await allOffers(), record?.cells ?? []);
      const text = json
        ? `${JSON.stringify({ needs: wanted, run: record?.id ?? null, ...choice })}\n`
        : choiceText(choice, record, screenOptions(host));
      host.stdout(text);
      const isAnswered = choice.candidates.some(({ standing }) => standing === 'kept');
      if (isAnswered) return;
      invocation.exitCode = ExitCode.inconclusive;
      host.stderr(
        record === undefined
          ? 'exit 2  nothing is shown without a run: --from runs/latest\n'
          : 'exit 2  no profile was shown to keep all of it in this run\n',
      );
    },
  );

function needsNamed(words: readonly string[]): readonly NeedId[] {
  const named = [...new Set(list(words))].map((word) => {
    const need = needIds.find((id) => id === word);
    if (need !== undefined) return need;
    throw new AckmarkError(
      'UNKNOWN_NAME',
      `nobody can need ${JSON.stringify(word)}${suggestion(word, needIds)}`,
      { hint: `\`ackmark list needs\` has them all: ${needIds.join(', ')}.` },
    );
  });
  if (named.length > 0) return named;
  throw new AckmarkError('USAGE', '--needs names nothing', {
    hint: `\`ackmark list needs\` has them all: ${needIds.join(', ')}.`,
  });
}

async function allOffers(): Promise<readonly Offer[]> {
  const engines = await Promise.all(catalog.map((entry) => entry.load()));
  return engines.flatMap(({ default: engine }) => offersOf(engine));
}

function offersOf(engine: Engine): readonly Offer[] {
  return Object.entries(engine.profiles).map(([name, profile]) => ({
    name: `${engine.id}@${name}`,
    family: engine.family,
    profile,
    traits: engine.traits(profile.options),
  }));
}
