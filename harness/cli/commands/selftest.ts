import { checkIds } from '../../core/anomalies.ts';
import { AckmarkError } from '../../core/errors.ts';
import { ExitCode } from '../../core/exit-codes.ts';
import { isClean, runSelftest } from '../../selftest/selftest.ts';
import { linesOf } from '../../selftest/score-lines.ts';
import { mutantsNamed, pendingMutants } from '../../selftest/mutants/catalog.ts';
import type { Command } from '../command.ts';
import { keepScore } from '../kept-score.ts';
import { requireWhole } from '../whole-number.ts';

const defaultHistories = 1000;

export const selftestCommand: Command = (parser, invocation) =>
  parser.command(
    'selftest',
    'let the checks find planted defects in histories of a reference model',
    (yargs) =>
      yargs
        .option('without', { choices: checkIds, describe: 'leave this check out; must fail' })
        .option('mutant', { string: true, describe: 'this one only, and no healthy histories' })
        .option('seed', { number: true, default: 1 })
        .option('histories', { number: true, default: defaultHistories, describe: 'healthy ones' })
        .option('json', { boolean: true, default: false }),
    ({ without, mutant, seed, histories, json }) => {
      const { host } = invocation;
      requireWhole('--seed', seed, 0);
      requireWhole('--histories', histories, 0);
      const chosen = mutantsNamed(mutant);
      if (chosen.length === 0) throw notPlayed(mutant ?? '');
      if (mutant !== undefined && chosen.length > 1 && !json) {
        const ids = chosen.map(({ id }) => id).join(', ');
        host.stdout(`${mutant} has ${chosen.length} variants: ${ids}\n`);
      }
      const score = runSelftest({
        without,
        mutants: chosen,
        seed,
        histories: mutant === undefined ? histories : 0,
      });
      const text = json ? JSON.stringify(score) : linesOf(score, host.program).join('\n');
      host.stdout(`${text}\n`);
      const isWhole =
        without === undefined && mutant === undefined && histories >= defaultHistories;
      if (isWhole) keepScore(host, score);
      invocation.exitCode = isClean(score) ? ExitCode.kept : ExitCode.violated;
    },
  );

function notPlayed(mutant: string): AckmarkError {
  const pending = pendingMutants.find(({ id }) => id === mutant);
  return pending === undefined
    ? new AckmarkError('USAGE', `no mutant is called ${mutant}`, {
        hint: '`ackmark list mutants` names them.',
      })
    : new AckmarkError('USAGE', `${mutant} is pending, no model plays it: ${pending.because}`, {
        hint: '`ackmark list mutants` tells which ones are played.',
      });
}
