import { resolve } from 'node:path';
import { ExitCode } from '../../core/exit-codes.ts';
import { readRecord } from '../../record/run-directory.ts';
import { priceText } from '../../../reports/terminal/price.ts';
import type { Command } from '../command.ts';
import { screenOptions } from '../reporters.ts';

export const priceCommand: Command = (parser, invocation) =>
  parser.command(
    'price <run>',
    'what each delivery level of a run cost, step by step, and who has no price',
    (yargs) =>
      yargs
        .example('$0 price runs/latest', '')
        .positional('run', { type: 'string', demandOption: true, describe: 'a run directory' }),
    ({ run }) => {
      const { host } = invocation;
      const { record } = readRecord(resolve(host.directory, run));
      const { text, isPriced } = priceText(record, { ...screenOptions(host), detail: 'full' });
      host.stdout(text);
      if (!isPriced) invocation.exitCode = ExitCode.inconclusive;
    },
  );
