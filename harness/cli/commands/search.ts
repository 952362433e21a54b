import { catalog } from '../../../engines/catalog.ts';
import { scenarios } from '../../../scenarios/catalog.ts';
import { dayOf } from '../../core/deviations.ts';
import { invariant } from '../../core/errors.ts';
import type { ExitCode } from '../../core/exit-codes.ts';
import { absentStores } from '../../effects/absent-stores.ts';
import { executeSearch } from '../../run/search.ts';
import type { Command } from '../command.ts';
import { conduct } from '../conduct.ts';
import type { Host } from '../host.ts';
import { htmlReport, requestedReports, writeReports } from '../reporters.ts';
import { searchDefaults, type SearchFlags, soughtBy } from '../search-flags.ts';
import { searchTargets } from '../search-targets.ts';
import { resolveSettings } from '../settings.ts';
import { requireWhole } from '../whole-number.ts';
import { targetText } from '../target-text.ts';
import { list } from '../word-lists.ts';

interface SearchArguments extends SearchFlags {
  readonly engine: readonly string[];
  readonly scenario: string;
  readonly target: string | undefined;
  readonly seed: number | undefined;
  readonly reporter: readonly string[] | undefined;
  readonly out: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

export const searchCommand: Command = (parser, invocation) =>
  parser.command(
    'search',
    'the highest rate at which an objective is met, and the curve up to and beyond it',
    (yargs) =>
      yargs
        .example('$0 search --engine log@acks-all --slo "e2e.response.p99 < 20ms"', '')
        .option('engine', {
          array: true,
          string: true,
          coerce: list,
          demandOption: true,
          describe: 'id, id@profile or ./module.ts@profile; one after another',
        })
        .option('slo', {
          array: true,
          string: true,
          demandOption: true,
          describe: 'such as "e2e.response.p99 < 20ms"; several must all be met',
        })
        .option('scenario', { string: true, default: 'steady', describe: 'one that is timed' })
        .option('target', { string: true, describe: targetText })
        .option('start-rate', {
          string: true,
          default: searchDefaults.startRate,
          describe: 'where doubling begins',
        })
        .option('max-rate', {
          string: true,
          default: searchDefaults.maxRate,
          describe: 'where it ends',
        })
        .option('tolerance', {
          number: true,
          default: searchDefaults.tolerance,
          describe: 'per cent that the bounds may stay apart',
        })
        .option('confirm', {
          number: true,
          default: searchDefaults.confirm,
          describe: 'runs at the answer that must all meet the objective',
        })
        .option('point-seconds', {
          number: true,
          default: searchDefaults.pointSeconds,
          describe: 'load of each run',
        })
        .option('max-points', {
          number: true,
          default: searchDefaults.maxPoints,
          describe: 'runs of one search',
        })
        .option('max-minutes', {
          number: true,
          default: searchDefaults.maxMinutes,
          describe: 'time of one search',
        })
        .option('curve', {
          boolean: true,
          default: searchDefaults.curve,
          describe: 'also measure from 10 to 120 % of the answer',
        })
        .option('seed', { number: true, describe: 'every random choice comes from it' })
        .option('reporter', { array: true, string: true, describe: 'name[=file], repeatable' })
        .option('out', { string: true, default: 'runs', describe: 'where runs are kept' })
        .option('json', {
          boolean: true,
          default: false,
          describe: 'print the record as one JSON document',
        })
        .option('quiet', { boolean: true, default: false, describe: 'no progress on stderr' })
        .check((argv) => {
          requireWhole('--seed', argv.seed, 0, 4_294_967_295);
          return true;
        }),
    async (argv) => {
      invocation.exitCode = await search(argv, invocation.host);
    },
  );

async function search(argv: SearchArguments, host: Host): Promise<ExitCode> {
  const reports = await requestedReports(argv.reporter, argv.json);
  const originNs = host.monotonic();
  const startedAt = host.wallClock();
  const settings = await resolveSettings({
    flags: { ...notAsked, ...argv, scenario: [argv.scenario] },
    directory: host.directory,
    environment: host.environment,
    catalog,
    scenarios,
    freshSeed: host.freshSeed,
  });
  const [scenario] = settings.scenarios;
  invariant(scenario !== undefined, 'a scenario that nobody knows was refused');
  const day = dayOf(startedAt);
  const targets = searchTargets(
    { ...settings, program: host.program, day, absentStores: await absentStores() },
    soughtBy(argv, scenario),
  );
  const { record, html } = await conduct(
    host,
    { ...settings, originNs, startedAt, out: argv.out, quiet: argv.quiet },
    (heading, environment) => executeSearch({ targets, heading, before: undefined }, environment),
  );
  await writeReports(record, [await htmlReport(html), ...reports], host);
  return record.outcome.exitCode;
}

/** Flags of `run` that a search has no use for. */
const notAsked = {
  suite: undefined,
  level: undefined,
  rate: undefined,
  messages: undefined,
  sweep: undefined,
  rounds: undefined,
  history: undefined,
  controls: undefined,
  threshold: undefined,
} as const;
