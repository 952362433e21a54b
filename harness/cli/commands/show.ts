import { resolve } from 'node:path';
import { readRecord } from '../../record/run-directory.ts';
import { windowsText } from '../../../reports/terminal/windows.ts';
import { requireCell } from '../cell-part.ts';
import type { Command } from '../command.ts';
import { screenOptions } from '../reporters.ts';

export const showCommand: Command = (parser, invocation) =>
  parser.command(
    'show <run> [cell]',
    'latencies, rates and backlog of the cells of a run by phase, by stage and around each fault',
    (yargs) =>
      yargs
        .example('$0 show runs/latest', '')
        .example('$0 show runs/latest acks-all/broker-crash', '')
        .positional('run', { type: 'string', demandOption: true, describe: 'a run directory' })
        .positional('cell', {
          type: 'string',
          default: '',
          describe: 'a part of the id of a cell',
        }),
    ({ run, cell }) => {
      const { host } = invocation;
      const { record } = readRecord(resolve(host.directory, run));
      requireCell(record, cell);
      host.stdout(windowsText(record, cell, { ...screenOptions(host), detail: 'full' }));
    },
  );
