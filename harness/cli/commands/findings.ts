import { resolve } from 'node:path';
import { readRecord } from '../../record/run-directory.ts';
import { findingsMarkdown } from '../../../reports/markdown/findings.ts';
import type { RunRecord } from '../../record/schema.ts';
import type { Command } from '../command.ts';
import { printable } from '../printable.ts';

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
      const records = new Map<string, RunRecord>();
      for (const run of runs) {
        const { record } = readRecord(resolve(host.directory, run));
        const key = identityOf(record);
        if (records.has(key)) {
          host.stderr(
            `${printable(run)}: run ${printable(record.id)} was given twice; it counts once\n`,
          );
        } else records.set(key, record);
      }
      host.stdout(findingsMarkdown([...records.values()], host.program));
    },
  );

/** Under whatever name it is reached. An id has seconds and a seed: two machines may have begun one at once. */
function identityOf({ id, startedAt, command }: RunRecord): string {
  return JSON.stringify([id, startedAt, command]);
}
