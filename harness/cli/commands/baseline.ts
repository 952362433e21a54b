import { resolve } from 'node:path';
import { AckmarkError } from '../../core/errors.ts';
import type { ExitCode } from '../../core/exit-codes.ts';
import { plainRequest } from '../../compare/compare-runs.ts';
import { metricIds } from '../../record/comparison-schema.ts';
import {
  type BaselineRequest,
  compareWithBaseline,
  listBaselines,
  saveBaseline,
  showBaseline,
} from '../baseline-actions.ts';
import type { Command } from '../command.ts';
import { requireMinimumEffect } from '../minimum-effect.ts';

const actions = ['save', 'list', 'show', 'compare'] as const;

export const baselineCommand: Command = (parser, invocation) =>
  parser.command(
    'baseline <action> [name] [run]',
    'runs that later ones are compared with, one for each name and testbed',
    (yargs) =>
      yargs
        .example('$0 baseline save main runs/latest', 'begins it, or confirms a newer one')
        .example('$0 baseline compare main runs/latest', 'exit 3 when a figure regressed')
        .positional('action', {
          choices: actions,
          demandOption: true,
          describe: actions.join(', '),
        })
        .positional('name', { type: 'string', describe: 'such as main' })
        .positional('run', { type: 'string', describe: 'a run directory' })
        .option('baselines', {
          string: true,
          default: 'baselines',
          describe: 'the directory that keeps them',
        })
        .option('metric', {
          array: true,
          choices: metricIds,
          describe: 'what to compare, repeatable',
        })
        .option('minimum-effect', {
          number: true,
          default: 5,
          describe: 'per cent; a smaller change is none',
        })
        .option('allow-cross-testbed', {
          boolean: true,
          default: false,
          describe: 'compare with the baseline of another machine where this one has none',
        })
        .option('reporter', {
          array: true,
          string: true,
          describe: 'name[=file] of the comparison, repeatable: terminal, json, html',
        })
        .option('json', { boolean: true, default: false, describe: 'one JSON document' }),
    async (argv) => {
      const { host } = invocation;
      const { action, metric, minimumEffect, allowCrossTestbed, reporter, json } = argv;
      const request: BaselineRequest = {
        directory: resolve(host.directory, argv.baselines),
        host,
        reporter,
        json,
        comparison: {
          ...plainRequest,
          minimumEffect: requireMinimumEffect(minimumEffect),
          metrics: metric ?? metricIds,
          allowCrossTestbed,
        },
      };
      invocation.exitCode = await act(action, request, argv.name, argv.run);
    },
  );

async function act(
  action: (typeof actions)[number],
  request: BaselineRequest,
  name: string | undefined,
  run: string | undefined,
): Promise<ExitCode> {
  switch (action) {
    case 'list':
      return listBaselines(request);
    case 'show':
      return showBaseline(request, given(name, action, 'a name'));
    case 'save':
      return saveBaseline(request, given(name, action, 'a name'), given(run, action, 'a run'));
    case 'compare':
      return compareWithBaseline(
        request,
        given(name, action, 'a name'),
        given(run, action, 'a run'),
      );
  }
}

function given(word: string | undefined, action: string, what: string): string {
  if (word !== undefined) return word;
  throw new AckmarkError('USAGE', `baseline ${action} needs ${what}`, {
    hint: 'For example `ackmark baseline save main runs/latest`.',
  });
}
