import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { mkdtempSync } from 'node:fs';
import { catalog } from '../../../engines/catalog.ts';
import { scenarios } from '../../../scenarios/catalog.ts';
import { levels } from '../../core/clauses.ts';
import { clockFrom } from '../../core/clock.ts';
import { dayOf } from '../../core/deviations.ts';
import type { ExitCode } from '../../core/exit-codes.ts';
import { historyModes } from '../../core/history-mode.ts';
import { shellWord } from '../../core/shell-word.ts';
import { defaultFailOn, failOnKinds } from '../../gate/gate.ts';
import { expand } from '../../plan/expand.ts';
import { plannedLoads } from '../../plan/load-text.ts';
import { makeRunDirectory, runIdOf, runKeyOf } from '../../record/run-directory.ts';
import type { RunRecord } from '../../record/schema.ts';
import { execute } from '../../run/execute.ts';
import type { Command } from '../command.ts';
import type { Host } from '../host.ts';
import { hostFacts } from '../host-facts.ts';
import { isRunning } from '../is-running.ts';
import { readScore } from '../kept-score.ts';
import { progressView, silentProgress } from '../progress-view.ts';
import { withLoadFlags } from '../load/load-flags.ts';
import { openProvisioning } from '../provisioning.ts';
import { htmlReport, requestedReports, writeReports } from '../reporters.ts';
import { resolveSettings, type RunFlags } from '../settings.ts';
import { version } from '../version.ts';
import { requireWhole } from '../whole-number.ts';
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
        .option('scenario', { array: true, string: true, coerce: list, describe: 'default: all' })
        .option('suite', { string: true, describe: 'a built-in suite, or a YAML file' })
        .option('target', { string: true, describe: 'embedded, local, or a URL' })
        .option('level', {
          array: true,
          string: true,
          coerce: list,
          describe: `only profiles of: ${levels.join(', ')}`,
        })
        .option('rounds', { number: true, describe: 'repeat everything, interleaved' })
        .option('seed', { number: true, describe: 'every random choice comes from it' })
        .option('history', {
          choices: historyModes,
          describe: 'what to keep of the events',
        })
        .option('controls', { boolean: true, describe: 'also run the planted controls' })
        .option('fail-on', {
          array: true,
          choices: failOnKinds,
          describe: 'what makes the exit code non-zero',
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
  const reports = await requestedReports(argv.reporter, argv.json);
  const originNs = host.monotonic();
  const clock = clockFrom(host.monotonic, originNs);
  const startedAt = host.wallClock();
  const settings = await resolveSettings({
    flags: argv,
    directory: host.directory,
    catalog,
    scenarios,
    freshSeed: host.freshSeed,
  });
  const cells = expand({ ...settings, program: host.program, day: dayOf(startedAt) });
  const directory = makeRunDirectory(
    resolve(host.directory, argv.out),
    runIdOf(startedAt, settings.seed),
  );
  const id = basename(directory);
  const view = argv.quiet
    ? { ...silentProgress, close: () => {} }
    : progressView(host.stderr, host.stderrIsTerminal, clock, host.every);
  for (const line of plannedLoads(cells)) view.note(line);
  const provisioning = openProvisioning(host, (line) => view.note(line));
  const scratch = mkdtempSync(join(tmpdir(), 'ackmark-'));
  provisioning.lifeLine.rememberDirectory(scratch);
  let record: RunRecord;
  try {
    record = await execute(
      {
        cells,
        failOn: argv.failOn ?? defaultFailOn,
        thresholds: settings.thresholds,
        heading: {
          ackmark: version,
          id,
          seed: settings.seed,
          command: commandOf(host, settings.seed),
          startedAt: startedAt.toISOString(),
          host: hostFacts(host),
          configuration: settings.settings.map((setting) => ({ ...setting })),
          selftest: readScore(host),
        },
      },
      {
        runKey: runKeyOf(id),
        program: host.program,
        directory,
        scratch,
        originNs,
        clock,
        cores: availableParallelism(),
        threadCpuMicros: host.threadCpuMicros,
        isRunning: (pid) => isRunning(host, pid),
        signal: host.signal,
        history: settings.history,
        host: provisioning.host,
        progress: view,
      },
    );
  } finally {
    view.close();
    provisioning.lifeLine.close();
  }
  const html = join(relative(host.directory, directory), 'report.html');
  await writeReports(record, [await htmlReport(html), ...reports], host);
  return record.outcome.exitCode;
}

/** The command that repeats this run: what was typed, with the seed that was drawn. */
function commandOf({ argv, program }: Host, seed: number): string {
  const words = argv.some((word) => word.startsWith('--seed'))
    ? argv
    : [...argv, '--seed', `${seed}`];
  return [program, ...words.map(shellWord)].join(' ');
}
