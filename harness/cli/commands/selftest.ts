import { checkIds } from '../../core/anomalies.ts';
import { ExitCode } from '../../core/exit-codes.ts';
import { runSelftest } from '../../selftest/selftest.ts';
import { linesOf } from '../../selftest/score-lines.ts';
import type { Command } from '../command.ts';

export const selftestCommand: Command = (parser, invocation) =>
  parser.command(
    'selftest',
    'let the checks find planted defects in histories of a reference model',
    (yargs) =>
      yargs
        .option('without', { choices: checkIds, describe: 'leave this check out; must fail' })
        .option('mutant', { string: true, describe: 'this one only, and no healthy histories' })
        .option('seed', { number: true, default: 1 })
        .option('histories', { number: true, default: 1000, describe: 'healthy ones' })
        .option('json', { boolean: true, default: false }),
    ({ without, mutant, seed, histories, json }) => {
      const score = runSelftest({
        without,
        mutant,
        seed,
        histories: mutant === undefined ? histories : 0,
      });
      const text = json ? JSON.stringify(score) : linesOf(score).join('\n');
      invocation.host.stdout(`${text}\n`);
      // Without a check that no mutant expects nothing survives, which proves nothing about the check.
      const isBlind = without !== undefined && score.uncovered.includes(without);
      const isClean = score.survivors.length === 0 && score.flagged.length === 0 && !isBlind;
      invocation.exitCode = isClean ? ExitCode.kept : ExitCode.violated;
    },
  );
