import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { startPostgres } from '../../../../harness/effects/postgres/start-postgres.ts';
import { createProvisionHost } from '../../../../harness/provision/host.ts';
import { openLifeLine } from '../../../../harness/provision/life-line.ts';

/** Starts a PostgreSQL as a run does, says the process of it, and waits to be killed. */
const [, , directory = ''] = process.argv;
const lifeLine = openLifeLine(join(directory, 'pids'), process.pid, () => undefined);
await startPostgres(
  createProvisionHost({
    portsFrom: randomInt(1_000_000),
    cacheDirectory: directory,
    environment: { PATH: process.env['PATH'] },
    nodeExecutable: process.execPath,
    signal: new AbortController().signal,
    lifeLine: {
      ...lifeLine,
      remember: (pid) => {
        lifeLine.remember(pid);
        process.stdout.write(`${pid}\n`);
      },
    },
    note: () => {},
  }),
  join(directory, 'ledger'),
);
process.stdout.write('ready\n');
setInterval(() => {}, 1_000);
