import { readRecord } from '../../record/run-directory.ts';
import type { Command } from '../command.ts';
import { requestedReports, writeReports } from '../reporters.ts';
import { resolve } from 'node:path';

export const reportCommand: Command = (parser, invocation) =>
  parser.command(
    'report <run>',
    'render a run again from its record',
    (yargs) =>
      yargs
        .example('$0 report runs/latest --reporter html=again.html', '')
        .positional('run', { type: 'string', demandOption: true, describe: 'a run directory' })
        .option('reporter', {
          array: true,
          string: true,
          describe: 'name[=file], repeatable; default: terminal',
        })
        .option('json', {
          boolean: true,
          default: false,
          describe: 'print the record as one JSON document',
        }),
    async ({ run, reporter, json }) => {
      const { host } = invocation;
      const reports = await requestedReports(reporter, json);
      const { record } = readRecord(resolve(host.directory, run));
      await writeReports(record, reports, host);
      invocation.exitCode = record.outcome.exitCode;
    },
  );
