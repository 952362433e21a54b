import yargs, { type Argv } from 'yargs';
import { AckmarkError, InvariantError, typedBy } from '../core/errors.ts';
import { ExitCode, exitCodeMeaning, exitCodeOfError } from '../core/exit-codes.ts';
import type { Invocation } from './command.ts';
import { commandIn, wordsOf } from './command-words.ts';
import { baselineCommand } from './commands/baseline.ts';
import { checkCommand } from './commands/check.ts';
import { chooseCommand } from './commands/choose.ts';
import { compareCommand } from './commands/compare.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downCommand } from './commands/down.ts';
import { explainCommand } from './commands/explain.ts';
import { findingsCommand } from './commands/findings.ts';
import { historyCommand } from './commands/history.ts';
import { importCommand } from './commands/import.ts';
import { listCommand } from './commands/list.ts';
import { priceCommand } from './commands/price.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { searchCommand } from './commands/search.ts';
import { schemaCommand } from './commands/schema.ts';
import { simulateCommand } from './commands/simulate.ts';
import { showCommand } from './commands/show.ts';
import { selftestCommand } from './commands/selftest.ts';
import { textbookCommand } from './commands/textbook.ts';
import { upCommand } from './commands/up.ts';
import type { Host } from './host.ts';
import { flagProblems } from './flag-values.ts';
import { printable } from './printable.ts';
import { throwProblems } from './problems.ts';
import { hintFor, usageMistake } from './usage-mistake.ts';
import { version } from './version.ts';

const epilogue = [
  'Exit codes:',
  ...Object.entries(exitCodeMeaning).map(([code, meaning]) => `${code.padStart(5)}  ${meaning}`),
].join('\n');

/** Runs one command line to its exit code. Results go to stdout, everything else to stderr. */
export async function main(host: Host): Promise<ExitCode> {
  const invocation: Invocation = { host, exitCode: ExitCode.kept };
  const commands = [
    runCommand,
    checkCommand,
    explainCommand,
    historyCommand,
    importCommand,
    reportCommand,
    showCommand,
    compareCommand,
    baselineCommand,
    priceCommand,
    chooseCommand,
    findingsCommand,
    textbookCommand,
    searchCommand,
    listCommand,
    upCommand,
    downCommand,
    doctorCommand,
    schemaCommand,
    selftestCommand,
    simulateCommand,
  ];
  const words = wordsOf(commands, invocation);
  const base: Argv = yargs([...host.argv], host.directory)
    .scriptName('ackmark')
    .usage('$0 <command>\n\nWhat is an acknowledgement worth?')
    .demandCommand(1, `Name a command: ${words.commands.map(({ name }) => name).join(', ')}.`)
    .strict()
    .wrap(100)
    .version(version)
    .alias('version', 'v')
    .help()
    .alias('help', 'h')
    .epilogue(epilogue)
    .exitProcess(false)
    .fail((message: string | null, error: unknown) => {
      // A handler's own error comes as it is; a message alone is yargs' judgement of the arguments.
      if (error instanceof Error && error.name !== 'YError' && message === null) throw error;
      if (error instanceof AckmarkError || error instanceof InvariantError) throw error;
      const mistake = usageMistake(message ?? String(error), host.argv, words);
      throw new AckmarkError('USAGE', mistake.message, { hint: mistake.hint });
    });
  const parser = commands.reduce((argv, command) => command(argv, invocation), base);
  try {
    const command = commandIn(host.argv, words);
    if (command !== undefined) {
      throwProblems(flagProblems(host.argv, command), 'USAGE', hintFor(command));
    }
    await parser.parseAsync([...host.argv], {}, (error, _argv, output) => {
      if (error === undefined || error === null) {
        if (output !== '') host.stdout(`${output}\n`);
      }
    });
    return invocation.exitCode;
  } catch (error) {
    return report(error, host);
  }
}

function report(error: unknown, host: Host): ExitCode {
  if (error instanceof AckmarkError) {
    host.stderr(`ackmark: ${printable(error.message)}\n`);
    if (error.cause instanceof Error) host.stderr(`  cause: ${printable(error.cause.message)}\n`);
    host.stderr(`  fix: ${printable(typedBy(host.program, error.hint))}\n`);
    return exitCodeOfError(error.code);
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const kind = error instanceof InvariantError ? 'a broken invariant' : 'an unexpected error';
  host.stderr(`ackmark: ${kind}, which is a bug in Ackmark or in an engine module:\n`);
  host.stderr(`${printable(text)}\n  fix: report it with the command line.\n`);
  return ExitCode.internal;
}
