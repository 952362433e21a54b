import type { EffectStore } from '../../scenarios/scenario.ts';
import { findPostgres } from './postgres/binaries.ts';

/** Why systems that effects can be in cannot be had here, of those that cannot. */
export async function absentStores(): Promise<Readonly<Partial<Record<EffectStore, string>>>> {
  const found = await findPostgres();
  return typeof found === 'string' ? { postgres: found } : {};
}
