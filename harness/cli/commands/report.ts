import { readRecord } from '../../record/run-directory.ts';
import type { Command } from '../command.ts';
import { writeOmbResults } from '../omb-results.ts';
import { requestedReports, writeReports } from '../reporters.ts';
import { resolve } from 'node:path';

export const reportCommand: Command = (parser, invocation) =>
  parser.command(
    'report <run>',
    'render a run again from its record',
    (yargs) =>
      yargs
        .example('$0 report runs/latest --reporter html=again.html', '')
        .example('$0 report runs/latest --omb results', '')
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
        })
        .option('omb', {
          string: true,
          describe:
            'a directory for results as the OpenMessaging Benchmark has them, one a timed cell',
        }),
    async ({ run, reporter, json, omb }) => {
      const { host } = invocation;
      const isOmbAlone = omb !== undefined && reporter === undefined && !json;
      const reports = isOmbAlone ? [] : await requestedReports(reporter, json);
      const { record, directory } = readRecord(resolve(host.directory, run));
      if (omb !== undefined) writeOmbResults(record, directory, omb, host);
      await writeReports(record, reports, host);
      invocation.exitCode = record.outcome.exitCode;
    },
  );
