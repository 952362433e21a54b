import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProvisionHost } from '../../engines/provisioner.ts';
import { definedEntries } from '../core/defined-entries.ts';
import { LedgerLink } from './ledger-link.ts';

const readyMs = 20_000;
const stopGraceMs = 3_000;
const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const entry = fileURLToPath(new URL(`./ledger.entry.${suffix}`, import.meta.url));

/** A ledger in a process of its own, which no crash of an actor and no fault of the broker touches. */
export interface RunningLedger {
  readonly port: number;
  /** `lane, seq, copies` of every input that has an effect. */
  read(): Promise<readonly number[]>;
  stop(): Promise<void>;
}

/** @param directory of its own, which the caller removes */
export async function startLedger(host: ProvisionHost, directory: string): Promise<RunningLedger> {
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
    port,
    read: () => link.read(),
    stop: async () => {
      link.close();
      await process.stop(stopGraceMs);
    },
  };
}
