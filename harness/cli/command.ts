import type { CommandModule } from 'yargs';
import type { ExitCode } from '../core/exit-codes.ts';
import type { Host } from './host.ts';

/** Where a command leaves its exit code: yargs handlers return nothing. */
export interface Invocation {
  readonly host: Host;
  exitCode: ExitCode;
}

/** A subcommand of `ackmark`, bound to one invocation. */
export type Command = (invocation: Invocation) => CommandModule<object, never>;
