import { readRecord } from '../../record/run-directory.ts';
import type { Command } from '../command.ts';
import { parseReporters, writeReports } from '../reporters.ts';
import { resolve } from 'node:path';

export const reportCommand: Command = (parser, invocation) =>
  parser.command(
    'report <run>',
    'render a run again from its record',
    (yargs) =>
      yargs
        .positional('run', { type: 'string', demandOption: true, describe: 'a run directory' })
        .option('reporter', {
          array: true,
          string: true,
          default: ['terminal'],
          describe: 'name[=file], repeatable',
        }),
    async ({ run, reporter }) => {
      const { host } = invocation;
      const { record } = readRecord(resolve(host.directory, run));
      await writeReports(record, await parseReporters(reporter), host);
      invocation.exitCode = record.outcome.exitCode;
    },
  );
