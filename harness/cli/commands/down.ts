import { setTimeout as pause } from 'node:timers/promises';
import { catalog } from '../../../engines/catalog.ts';
import { AckmarkError } from '../../core/errors.ts';
import { suggestion } from '../../core/suggest.ts';
import type { Command } from '../command.ts';
import type { Host } from '../host.ts';
import { keeps, keptName, type KeptTarget, readKept } from '../kept-target.ts';

const stopTimeoutMs = 30_000;
const pollMs = 50;

export const downCommand: Command = (parser, invocation) =>
  parser.command(
    'down <engine>',
    'stop what `up` started',
    (yargs) =>
      yargs
        .example(`$0 down ${catalog[0]?.id}`, '')
        .positional('engine', {
          type: 'string',
          demandOption: true,
          describe: 'what `up` was given: an engine’s id, or the path of its module',
        })
        .option('target', { string: true, describe: 'what `up` was given, if it was given one' }),
    async ({ engine, target }) => {
      const { host } = invocation;
      const name = keptName({ engine, target });
      const kept = readKept(host, name);
      if (kept === undefined) {
        requireKnown(engine);
        host.stdout(`${name} is not running\n`);
        return;
      }
      end(host, kept);
      for (let waitedMs = 0; waitedMs < stopTimeoutMs; waitedMs += pollMs) {
        if (!keeps(host, kept)) {
          host.stdout(`${kept.title} stopped\n`);
          return;
        }
        await pause(pollMs);
      }
      throw new AckmarkError(
        'TIMED_OUT',
        `${kept.title} did not stop in ${stopTimeoutMs / 1000} s`,
        {
          hint: `Kill its keeper, process ${kept.pid}: the broker ends with it.`,
        },
      );
    },
  );

/** A name that is misspelt would be told that it is not running, while what was meant goes on. */
function requireKnown(engine: string): void {
  const ids = catalog.map(({ id }) => id);
  if (ids.includes(engine) || engine.includes('/')) return;
  const what = `down: no engine is called ${JSON.stringify(engine)}${suggestion(engine, ids)}`;
  throw new AckmarkError('UNKNOWN_NAME', what, {
    hint: `Engines: ${ids.join(', ')}, or the path of a module that \`up\` was given.`,
  });
}

function end(host: Host, { pid, title }: KeptTarget): void {
  try {
    host.kill(pid, 'SIGTERM');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    // It ended by itself in this very moment.
    if (code === 'ESRCH') return;
    throw new AckmarkError('USAGE', `${title} cannot be stopped by this user`, {
      hint: `End process ${pid} as the user that started it, or as root.`,
      cause,
    });
  }
}
