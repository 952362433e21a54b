import { resolve } from 'node:path';
import { compareRuns } from '../../compare/compare-runs.ts';
import { rankingOf } from '../../compare/ranking.ts';
import { AckmarkError } from '../../core/errors.ts';
import { metricIds } from '../../record/comparison-schema.ts';
import { readRecord } from '../../record/run-directory.ts';
import type { RunRecord } from '../../record/schema.ts';
import { comparisonReporters, rankingReporters } from '../../../reports/comparison/catalog.ts';
import type { Command } from '../command.ts';
import type { Host } from '../host.ts';
import { requireMinimumEffect } from '../minimum-effect.ts';
import { requestedFormats, writeReports } from '../reporters.ts';

const alpha = 0.05;

export const compareCommand: Command = (parser, invocation) =>
  parser.command(
    'compare <base> [head]',
    'two runs: what improved or regressed; or one run: its profiles side by side',
    (yargs) =>
      yargs
        .example('$0 compare runs/before runs/after', 'exit 3 when a figure regressed')
        .example('$0 compare runs/latest --by engine', '')
        .example('$0 compare before after --reporter html=comparison.html', '')
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
        .option('allow-cross-testbed', {
          boolean: true,
          default: false,
          describe: 'compare figures of unlike machines all the same',
        })
        .option('reporter', {
          array: true,
          string: true,
          describe: 'name[=file], repeatable: terminal, json, html',
        })
        .option('json', { boolean: true, default: false, describe: 'one JSON document' }),
    async ({ base, head, by, metric, minimumEffect, allowCrossTestbed, reporter, json }) => {
      const { host } = invocation;
      const threshold = { alpha, minimumEffect: requireMinimumEffect(minimumEffect) };
      if (by === 'engine') {
        const [first = 'e2e-p99', ...more] = metric ?? [];
        if (head !== undefined || more.length > 0) throw oneRun(head !== undefined);
        const formats = await requestedFormats(reporter, json, rankingReporters);
        await writeReports(rankingOf(recordIn(host, base), first, threshold), formats, host);
        return;
      }
      if (head === undefined) throw twoRuns();
      const formats = await requestedFormats(reporter, json, comparisonReporters);
      const comparison = compareRuns(recordIn(host, base), recordIn(host, head), {
        ...threshold,
        metrics: metric ?? metricIds,
        allowCrossTestbed,
      });
      await writeReports(comparison, formats, host);
      invocation.exitCode = comparison.outcome.exitCode;
    },
  );

function recordIn(host: Host, run: string): RunRecord {
  return readRecord(resolve(host.directory, run)).record;
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
