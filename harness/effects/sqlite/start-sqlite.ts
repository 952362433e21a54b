import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProvisionHost } from '../../../engines/provisioner.ts';
import { definedEntries } from '../../core/defined-entries.ts';
import type { RunningLedger } from '../ledger.ts';
import { LedgerLink } from './ledger-link.ts';

const readyMs = 20_000;
const stopGraceMs = 3_000;
const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const entry = fileURLToPath(new URL(`./ledger.entry.${suffix}`, import.meta.url));

/** @param directory of its own, which the caller removes */
export async function startSqlite(host: ProvisionHost, directory: string): Promise<RunningLedger> {
  await mkdir(directory, { recursive: true });
  const port = await host.freePort();
  const logFile = join(directory, 'ledger.log');
  const process = await host.start({
    name: 'the effect ledger',
    command: host.nodeExecutable,
    arguments: [
      '--disable-warning=ExperimentalWarning',
      entry,
      '--data',
      directory,
      '--port',
      String(port),
    ],
    directory,
    // Where compiled code is kept, so that it starts quickly; nothing else of ours.
    environment: definedEntries({ NODE_COMPILE_CACHE: host.environment['NODE_COMPILE_CACHE'] }),
    logFile,
  });
  try {
    await process.ready(() => process.logged('ready'), readyMs);
  } catch (error) {
    await process.stop(0);
    throw error;
  }
  const link = new LedgerLink(port);
  return {
    title: 'SQLite',
    access: { in: 'sqlite', port },
    endpoint: { host: '127.0.0.1', port },
    wire: new URL(`./ledger-wire.${suffix}`, import.meta.url),
    read: () => link.read(),
    stop: async () => {
      link.close();
      await process.stop(stopGraceMs);
    },
  };
}
