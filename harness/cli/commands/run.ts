import { catalog } from '../../../engines/catalog.ts';
import { scenarios } from '../../../scenarios/catalog.ts';
import { type FidelitySuite, fidelitySuites } from '../../../scenarios/fidelity-suites.ts';
import { suites } from '../../../scenarios/suites.ts';
import { levels } from '../../core/clauses.ts';
import { dayOf } from '../../core/deviations.ts';
import type { ExitCode } from '../../core/exit-codes.ts';
import { historyModes } from '../../core/history-mode.ts';
import { absentStores } from '../../effects/absent-stores.ts';
import { defaultFailOn, failOnKinds } from '../../gate/gate.ts';
import { expand } from '../../plan/expand.ts';
import { plannedLoads } from '../../plan/load-text.ts';
import { execute } from '../../run/execute.ts';
import { executeFidelity } from '../../run/fidelity/execute.ts';
import { executeSearch } from '../../run/search.ts';
import type { Command } from '../command.ts';
import { conduct } from '../conduct.ts';
import type { Host } from '../host.ts';
import { withLoadFlags } from '../load/load-flags.ts';
import { fidelitySettings } from '../fidelity-settings.ts';
import { htmlReport, requestedReports, writeReports } from '../reporters.ts';
import { searchTargets } from '../search-targets.ts';
import { resolveSettings, type RunFlags } from '../settings.ts';
import { requireWhole } from '../whole-number.ts';
import { targetText } from '../target-text.ts';
import { list } from '../word-lists.ts';

interface RunArguments extends RunFlags {
  readonly failOn: readonly (typeof failOnKinds)[number][] | undefined;
  readonly reporter: readonly string[] | undefined;
  readonly out: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

export const runCommand: Command = (parser, invocation) =>
  parser.command(
    'run',
    'run a workload under faults, judge it, and say what it cost',
    (yargs) =>
      withLoadFlags(
        yargs.option('engine', {
          array: true,
          string: true,
          coerce: list,
          describe: 'id, id@profile or ./module.ts@profile; comma-separated',
        }),
      )
        .option('scenario', {
          array: true,
          string: true,
          coerce: list,
          describe: 'ids; without them those of the suite, and without a suite all',
        })
        .option('suite', {
          string: true,
          describe: `a YAML file, or one of ${[...Object.keys(suites), ...Object.keys(fidelitySuites)].join(', ')}; without --engine: default`,
        })
        .option('target', {
          string: true,
          describe: targetText,
        })
        .option('level', {
          array: true,
          string: true,
          coerce: list,
          describe: `only profiles of: ${levels.join(', ')}`,
        })
        .option('rounds', {
          number: true,
          describe: 'repeat everything, interleaved; 1 unless the suite says otherwise',
        })
        .option('seed', { number: true, describe: 'every random choice comes from it' })
        .option('history', {
          choices: historyModes,
          describe: 'what to keep of the events; full unless the suite says otherwise',
        })
        .option('controls', {
          boolean: true,
          describe: 'also run the planted controls; true unless the suite says otherwise',
        })
        .option('fail-on', {
          array: true,
          choices: failOnKinds,
          describe: `what makes the exit code non-zero; ${defaultFailOn.join(' and ')} without it`,
        })
        .option('threshold', {
          array: true,
          string: true,
          describe: 'such as "e2e.response.p99 < 20ms" or "D4 == 0": exit 3 when it is missed',
        })
        .option('reporter', { array: true, string: true, describe: 'name[=file], repeatable' })
        .option('out', { string: true, default: 'runs', describe: 'where runs are kept' })
        .option('json', {
          boolean: true,
          default: false,
          describe: 'print the record as one JSON document',
        })
        .option('quiet', { boolean: true, default: false, describe: 'no progress on stderr' })
        .check((argv) => {
          requireWhole('--rounds', argv.rounds, 1, 100);
          requireWhole('--seed', argv.seed, 0, 4_294_967_295);
          return true;
        }),
    async (argv) => {
      invocation.exitCode = await run(argv, invocation.host);
    },
  );

async function run(argv: RunArguments, host: Host): Promise<ExitCode> {
  const fidelity = fidelitySuites[argv.suite ?? ''];
  if (fidelity !== undefined) return ask(argv, host, fidelity);
  const reports = await requestedReports(argv.reporter, argv.json);
  const originNs = host.monotonic();
  const startedAt = host.wallClock();
  const settings = await resolveSettings({
    flags: argv,
    directory: host.directory,
    environment: host.environment,
    catalog,
    scenarios,
    freshSeed: host.freshSeed,
  });
  const request = {
    ...settings,
    program: host.program,
    day: dayOf(startedAt),
    absentStores: await absentStores(),
  };
  const cells = expand(request);
  const { thresholds, search, sentences } = settings;
  const targets =
    search === undefined
      ? []
      : searchTargets({ ...request, engines: search.engines }, search.sought);
  const { record, html } = await conduct(
    host,
    { ...settings, originNs, startedAt, out: argv.out, quiet: argv.quiet },
    async (heading, environment) => {
      for (const line of plannedLoads(cells)) environment.progress.note(line);
      const failOn = argv.failOn ?? defaultFailOn;
      const plan = { cells, failOn, thresholds, sentences, heading };
      if (targets.length === 0) return execute(plan, environment);
      const before = cells.length === 0 ? undefined : await execute(plan, environment);
      return executeSearch({ targets, heading, before }, environment);
    },
  );
  await writeReports(record, [await htmlReport(html), ...reports], host);
  return record.outcome.exitCode;
}

/** A suite of clauses instead of one of scenarios. */
async function ask(argv: RunArguments, host: Host, suite: FidelitySuite): Promise<ExitCode> {
  const reports = await requestedReports(argv.reporter, argv.json);
  const originNs = host.monotonic();
  const startedAt = host.wallClock();
  const settings = await fidelitySettings({
    suiteName: argv.suite ?? '',
    suite,
    flags: argv,
    directory: host.directory,
    environment: host.environment,
    catalog,
    program: host.program,
    freshSeed: host.freshSeed,
  });
  const { out, quiet, failOn = defaultFailOn } = argv;
  const { record, html } = await conduct(
    host,
    { ...settings, history: 'none', originNs, startedAt, out, quiet },
    (heading, environment) => {
      const { engines } = settings;
      return executeFidelity({ engines, failOn, day: dayOf(startedAt), heading }, environment);
    },
  );
  await writeReports(record, [await htmlReport(html), ...reports], host);
  return record.outcome.exitCode;
}
