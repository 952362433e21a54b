import { resolve } from 'node:path';
import { defaultFailOn, failOnKinds } from '../../gate/gate.ts';
import { readRecord } from '../../record/run-directory.ts';
import { rejudge } from '../../run/rejudge.ts';
import type { Command } from '../command.ts';
import { parseReporters, writeReports } from '../reporters.ts';

export const checkCommand: Command = (parser, invocation) =>
  parser.command(
    'check <run>',
    'judge the kept history of a run again',
    (yargs) =>
      yargs
        .positional('run', { type: 'string', demandOption: true, describe: 'a run directory' })
        .option('reporter', { array: true, string: true, describe: 'name[=file], repeatable' })
        .option('fail-on', { array: true, choices: failOnKinds })
        .option('json', { boolean: true, default: false }),
    async ({ run, reporter, failOn, json }) => {
      const { host } = invocation;
      const reports = await parseReporters(reporter ?? (json ? ['json'] : ['terminal']));
      const { record, directory } = readRecord(resolve(host.directory, run));
      const judged = rejudge(record, directory, failOn ?? defaultFailOn);
      await writeReports(judged, reports, host);
      invocation.exitCode = judged.outcome.exitCode;
    },
  );
