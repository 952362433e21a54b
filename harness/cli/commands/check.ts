import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { levels, promises } from '../../core/clauses.ts';
import { AckmarkError } from '../../core/errors.ts';
import { shellWord } from '../../core/shell-word.ts';
import { defaultFailOn, type FailOn, failOnKinds } from '../../gate/gate.ts';
import { openLifeLine } from '../../provision/life-line.ts';
import { readRecord } from '../../record/run-directory.ts';
import type { RunRecord } from '../../record/schema.ts';
import { checkHistory } from '../../run/foreign/check-history.ts';
import { kindOfPath, nothingToJudge } from '../../run/foreign/open-history.ts';
import { rejudge } from '../../run/rejudge.ts';
import { type ClaimFlags, parseClaim } from '../claim-flags.ts';
import type { Command } from '../command.ts';
import type { Host } from '../host.ts';
import { hostFacts } from '../host-facts.ts';
import { readScore } from '../kept-score.ts';
import { printable } from '../printable.ts';
import { cacheDirectoryOf } from '../cache-directory.ts';
import { requestedReports, writeReports } from '../reporters.ts';
import { version } from '../version.ts';
import { requireWhole } from '../whole-number.ts';
import { list } from '../word-lists.ts';

const mostWorkers = 64;

interface CheckArguments extends ClaimFlags {
  readonly paths: readonly string[];
  readonly lenient: boolean;
  readonly workers: number;
  readonly failOn: readonly FailOn[];
}

export const checkCommand: Command = (parser, invocation) =>
  parser.command(
    'check <paths..>',
    'judge a history: of a run again, or one from elsewhere',
    (yargs) =>
      yargs
        .example('$0 check mine.ndjson --level at-least-once', '')
        .positional('paths', {
          type: 'string',
          array: true,
          demandOption: true,
          describe: 'a run directory, .ndjson files of one history, or a directory of segments',
        })
        .option('level', {
          array: true,
          string: true,
          coerce: list,
          describe: `${[...levels, ...promises].join(', ')}; what a history from elsewhere claims`,
        })
        .option('minimum-acknowledged', {
          number: true,
          default: 1,
          describe: 'fewer acknowledged messages prove nothing',
        })
        .option('minimum-delivered', {
          number: true,
          default: 1,
          describe: 'fewer delivered messages prove nothing',
        })
        .option('lenient', {
          boolean: true,
          default: false,
          describe: 'leave lines out that cannot be read; without it they make all inconclusive',
        })
        .option('workers', {
          number: true,
          default: 1,
          describe: 'threads that judge a history from elsewhere',
        })
        .option('reporter', { array: true, string: true, describe: 'name[=file], repeatable' })
        .option('fail-on', { array: true, choices: failOnKinds })
        .option('json', {
          boolean: true,
          default: false,
          describe: 'print the record as one JSON document',
        }),
    async ({ reporter, json, failOn, ...rest }) => {
      const { host } = invocation;
      const reports = await requestedReports(reporter, json);
      const judged = await judgedRecord({ ...rest, failOn: failOn ?? defaultFailOn }, host);
      await writeReports(judged, reports, host);
      invocation.exitCode = judged.outcome.exitCode;
    },
  );

async function judgedRecord(argv: CheckArguments, host: Host): Promise<RunRecord> {
  const paths = argv.paths.map((path) => resolve(host.directory, path));
  const [first = ''] = paths;
  const kind = kindOfPath(first, host.disk);
  if (paths.length === 1 && kind === 'nothing') throw nothingToJudge(argv.paths[0] ?? '');
  if (paths.length > 1 || kind !== 'run') return foreign(argv, host);
  // A file is read before: one that is no record at all has another mistake than its flags.
  const read = first.endsWith('.json') ? readRecord(first) : undefined;
  const misplaced = foreignOnly(argv);
  if (misplaced.length > 0) {
    const what =
      '--level and --lenient are for histories from elsewhere, as are --workers and the minima';
    throw new AckmarkError('USAGE', `${what}; given for a run: ${misplaced.join(', ')}`, {
      hint: 'A run carries its own claims and guards; leave them out.',
    });
  }
  const { record, directory } = read ?? readRecord(first);
  return rejudge(record, directory, argv.failOn);
}

/** Flags that say something about a history from elsewhere and would be ignored for a run. */
function foreignOnly(argv: CheckArguments): readonly string[] {
  const given: readonly (readonly [string, boolean])[] = [
    ['--level', argv.level !== undefined],
    ['--lenient', argv.lenient],
    ['--workers', argv.workers !== 1],
    ['--minimum-acknowledged', argv.minimumAcknowledged !== 1],
    ['--minimum-delivered', argv.minimumDelivered !== 1],
  ];
  return given.flatMap(([flag, isGiven]) => (isGiven ? [flag] : []));
}

async function foreign(argv: CheckArguments, host: Host): Promise<RunRecord> {
  const claim = parseClaim(argv);
  requireWhole('--workers', argv.workers, 1, mostWorkers);
  const startedAt = host.wallClock().toISOString();
  const command = [host.program, ...host.argv.map(shellWord)].join(' ');
  const lifeLine = openLifeLine(
    join(cacheDirectoryOf(host.environment), 'running'),
    host.pid,
    host.kill,
  );
  const scratch = mkdtempSync(join(tmpdir(), 'ackmark-'));
  lifeLine.rememberDirectory(scratch);
  try {
    const { record, malformed } = await checkHistory({
      sources: argv.paths.map((name) => ({ name, path: resolve(host.directory, name) })),
      scratch,
      claim,
      lenient: argv.lenient,
      workers: argv.workers,
      signal: host.signal,
      disk: host.disk,
      replay: command,
      failOn: argv.failOn,
      heading: {
        ackmark: version,
        id: `history-${startedAt.slice(0, 19).replaceAll(':', '-')}Z`,
        command,
        startedAt,
        host: hostFacts(host),
        selftest: readScore(host),
        configuration: [
          {
            key: 'level',
            value: argv.level?.join(',') ?? 'none',
            from: argv.level === undefined ? 'default' : 'flag',
          },
          {
            key: 'lenient',
            value: String(argv.lenient),
            from: argv.lenient ? 'flag' : 'default',
          },
        ],
      },
    });
    // Alone it is the reason that the report gives.
    const isTold = malformed.length === 1 && !argv.lenient;
    for (const line of isTold ? [] : malformed) host.stderr(`${printable(line)}\n`);
    return record;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    lifeLine.close();
  }
}
