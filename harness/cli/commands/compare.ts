import { resolve } from 'node:path';
import { compareRuns } from '../../compare/compare-runs.ts';
import { rankingOf } from '../../compare/ranking.ts';
import { AckmarkError } from '../../core/errors.ts';
import { metricIds } from '../../record/comparison-schema.ts';
import { readRecord } from '../../record/run-directory.ts';
import type { RunRecord } from '../../record/schema.ts';
import { comparisonText } from '../../../reports/comparison/comparison-text.ts';
import { rankingText } from '../../../reports/comparison/ranking-text.ts';
import type { Command } from '../command.ts';
import type { Host } from '../host.ts';
import { screenOptions } from '../reporters.ts';

const alpha = 0.05;

export const compareCommand: Command = (parser, invocation) =>
  parser.command(
    'compare <base> [head]',
    'two runs: what improved or regressed; or one run: its profiles side by side',
    (yargs) =>
      yargs
        .example('$0 compare runs/before runs/after', 'exit 3 when a figure regressed')
        .example('$0 compare runs/latest --by engine', '')
        .positional('base', { type: 'string', demandOption: true, describe: 'a run directory' })
        .positional('head', { type: 'string', describe: 'the run to compare with it' })
        .option('by', { choices: ['engine'] as const, describe: 'compare inside one run' })
        .option('metric', {
          array: true,
          choices: metricIds,
          describe: 'what to compare, repeatable; with --by engine: what ranks, e2e-p99',
        })
        .option('minimum-effect', {
          number: true,
          default: 5,
          describe: 'per cent; a smaller change is none',
        })
        .option('json', { boolean: true, default: false, describe: 'one JSON document' }),
    ({ base, head, by, metric, minimumEffect, json }) => {
      const { host } = invocation;
      if (!(minimumEffect > 0 && minimumEffect <= 1_000)) {
        throw new AckmarkError('USAGE', '--minimum-effect must be a number above 0, up to 1000', {
          hint: 'For example --minimum-effect 5, which is five per cent.',
        });
      }
      const threshold = { alpha, minimumEffect: minimumEffect / 100 };
      if (by === 'engine') {
        const [first = 'e2e-p99', ...more] = metric ?? [];
        if (head !== undefined || more.length > 0) throw oneRun(head !== undefined);
        const ranking = rankingOf(recordIn(host, base), first, threshold);
        host.stdout(json ? asJson(ranking) : rankingText(ranking, screenOptions(host)));
        return;
      }
      if (head === undefined) throw twoRuns();
      const comparison = compareRuns(recordIn(host, base), recordIn(host, head), {
        ...threshold,
        metrics: metric ?? metricIds,
      });
      host.stdout(json ? asJson(comparison) : comparisonText(comparison, screenOptions(host)));
      invocation.exitCode = comparison.outcome.exitCode;
    },
  );

function recordIn(host: Host, run: string): RunRecord {
  return readRecord(resolve(host.directory, run)).record;
}

function asJson(document: object): string {
  return `${JSON.stringify(document)}\n`;
}

function oneRun(isSecond: boolean): AckmarkError {
  return isSecond
    ? new AckmarkError('USAGE', '--by engine compares the profiles of one run, and two are named', {
        hint: 'Leave one out, or leave out --by to compare the two.',
      })
    : new AckmarkError('USAGE', '--by engine ranks by one --metric, and several are named', {
        hint: 'All figures are shown anyway; name the one that ranks.',
      });
}

function twoRuns(): AckmarkError {
  return new AckmarkError('USAGE', 'compare needs two runs, or --by engine for one', {
    hint: 'For example: ackmark compare runs/before runs/after.',
  });
}
