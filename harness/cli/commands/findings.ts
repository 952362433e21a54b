import { resolve } from 'node:path';
import { readRecord } from '../../record/run-directory.ts';
import { findingsMarkdown } from '../../../reports/markdown/findings.ts';
import type { Command } from '../command.ts';

export const findingsCommand: Command = (parser, invocation) =>
  parser.command(
    'findings <runs..>',
    'what several runs found, promise by promise, as one Markdown document',
    (yargs) =>
      yargs.example('$0 findings runs/first runs/second > findings.md', '').positional('runs', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'run directories',
      }),
    ({ runs }) => {
      const { host } = invocation;
      const records = runs.map((run) => readRecord(resolve(host.directory, run)).record);
      host.stdout(findingsMarkdown(records));
    },
  );
