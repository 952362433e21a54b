import type { ProvisionHost } from '../../engines/provisioner.ts';
import type { EffectStore } from '../../scenarios/scenario.ts';
import type { RunningLedger } from './ledger.ts';
import { startPostgres } from './postgres/start-postgres.ts';
import { startSqlite } from './sqlite/start-sqlite.ts';

/** @param directory of its own, which the caller removes */
export async function startLedger(
  store: EffectStore,
  host: ProvisionHost,
  directory: string,
): Promise<RunningLedger> {
  return store === 'sqlite' ? startSqlite(host, directory) : startPostgres(host, directory);
}
