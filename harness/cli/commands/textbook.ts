import { resolve } from 'node:path';
import { textbookMarkdown } from '../../../reports/markdown/textbook.ts';
import { AckmarkError } from '../../core/errors.ts';
import { readRecord } from '../../record/run-directory.ts';
import type { Command } from '../command.ts';
import { printable } from '../printable.ts';

export const textbookCommand: Command = (parser, invocation) =>
  parser.command(
    'textbook <run>',
    'the sentences that a run had on trial, with their verdicts, as one Markdown document',
    (yargs) =>
      yargs.example('$0 textbook runs/latest > textbook.md', '').positional('run', {
        type: 'string',
        demandOption: true,
        describe: 'a run directory',
      }),
    ({ run }) => {
      const { host } = invocation;
      const { record } = readRecord(resolve(host.directory, run));
      if (record.textbook.length === 0) {
        throw new AckmarkError('USAGE', `${printable(run)} had no sentences on trial`, {
          hint: 'They are in `ackmark run --suite textbook`.',
        });
      }
      host.stdout(textbookMarkdown(record));
    },
  );
