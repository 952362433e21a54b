import { setTimeout as pause } from 'node:timers/promises';
import { AckmarkError } from '../../core/errors.ts';
import type { Command } from '../command.ts';
import { isAlive, readKept } from '../kept-target.ts';

const stopTimeoutMs = 30_000;
const pollMs = 50;

export const downCommand: Command = (parser, invocation) =>
  parser.command(
    'down <engine>',
    'stop what `up` started',
    (yargs) => yargs.positional('engine', { type: 'string', demandOption: true }),
    async ({ engine }) => {
      const { host } = invocation;
      const kept = readKept(host, engine);
      if (kept === undefined) {
        host.stdout(`${engine} is not running\n`);
        return;
      }
      host.kill(kept.pid, 'SIGTERM');
      for (let waitedMs = 0; waitedMs < stopTimeoutMs; waitedMs += pollMs) {
        if (!isAlive(host, kept.pid)) {
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
