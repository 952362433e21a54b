import type { Argv } from 'yargs';
import type { ExitCode } from '../core/exit-codes.ts';
import type { Host } from './host.ts';

/** Where a command leaves its exit code: yargs handlers return nothing. */
export interface Invocation {
  readonly host: Host;
  exitCode: ExitCode;
}

/** Adds one subcommand of `ackmark` to the parser, bound to one invocation. */
export type Command = (parser: Argv, invocation: Invocation) => Argv;
