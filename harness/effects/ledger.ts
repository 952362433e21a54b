import type { Endpoint } from '../../engines/provisioner.ts';
import { PostgresLedger } from './postgres/postgres-ledger.ts';
import { LedgerLink } from './sqlite/ledger-link.ts';

/**
 * By what a ledger knows a repetition: by nothing; by the identity of the input, which is stored in one transaction with
 * the effect; or by that identity, which is looked for before and stored when somebody asks for it, later.
 */
export type Keying = 'none' | 'with-effect' | 'stored-later';

/**
 * Where effects outside the messaging system are kept, as a job sees it. Inputs are told as `lane, seq, lane, seq, …`.
 * What rejects may have been done or not: nobody knows. A connection is made when it is needed, and again after it was
 * lost; nothing is asked twice.
 */
export interface LedgerClient {
  /** All or nothing. @returns one for each input: whether its effect was applied, or was known already */
  apply(inputs: readonly number[], keying: Keying): Promise<readonly boolean[]>;
  /** Stores the identities of inputs by which `stored-later` knows them again. */
  remember(inputs: readonly number[]): Promise<void>;
  close(): void;
}

/** How to reach a ledger; plain data, for actors. */
export type LedgerAccess =
  | { readonly in: 'sqlite'; readonly port: number }
  | { readonly in: 'postgres'; readonly port: number; readonly password: string };

/** A ledger in processes of its own, which no crash of an actor and no fault of the broker touches. */
export interface RunningLedger {
  /** With the version: `PostgreSQL 18.4`. */
  readonly title: string;
  /** The direct way; a proxy that forwards to `endpoint` takes the place of its port. */
  readonly access: LedgerAccess;
  readonly endpoint: Endpoint;
  /** By which a proxy tells answers to commits; see `engines/wire.ts`. */
  readonly wire: URL;
  /** `lane, seq, copies` of every input that has an effect. */
  read(): Promise<readonly number[]>;
  stop(): Promise<void>;
}

export function ledgerClient(access: LedgerAccess): LedgerClient {
  return access.in === 'sqlite' ? new LedgerLink(access.port) : new PostgresLedger(access);
}
