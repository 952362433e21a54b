import type { ExitCode } from '../../core/exit-codes.ts';
import { readRecord } from '../../record/run-directory.ts';
import type { Command } from '../command.ts';
import { parseReporters, writeReports } from '../reporters.ts';
import { resolve } from 'node:path';

interface ReportArguments {
  readonly run: string;
  readonly reporter: readonly string[];
}

export const reportCommand: Command = (invocation) => ({
  command: 'report <run>',
  describe: 'render a run again from its record',
  builder: (yargs) =>
    yargs
      .positional('run', { string: true, demandOption: true, describe: 'a run directory' })
      .option('reporter', {
        array: true,
        string: true,
        default: ['terminal'],
        describe: 'name[=file], repeatable',
      }),
  handler: async ({ run, reporter }: ReportArguments) => {
    const { host } = invocation;
    const { record } = readRecord(resolve(host.directory, run));
    await writeReports(record, await parseReporters(reporter), host);
    invocation.exitCode = record.outcome.exitCode as ExitCode;
  },
});
