import type { Endpoint } from '../../engines/provisioner.ts';
import type { ErrorRecord } from '../core/errors.ts';
import type { LostResponses } from './evidence.ts';

/** Between the coordinator and the proxy's worker. A request has one reply of the same id. */
export interface ProxyWorkerData {
  readonly listeners: number;
  /** These listeners, the last ones, never look at what they pass. */
  readonly opaque: number;
  /** URL of the module that exports `wire`. */
  readonly wire: string | undefined;
}

export type ProxyCommand =
  | { readonly do: 'forward'; readonly listener: number; readonly to: Endpoint }
  | {
      readonly do: 'lose-responses';
      readonly listeners: readonly number[];
      readonly times: number;
      readonly everyMs: number;
      readonly timeoutMs: number;
    }
  /** Ends a running `lose-responses`, whose reply then comes. */
  | { readonly do: 'disarm'; readonly request: number }
  | { readonly do: 'cut'; readonly listeners: readonly number[] }
  | { readonly do: 'traffic'; readonly listener: number };

/** Since the proxy was opened. */
export interface ProxyTraffic {
  readonly connectionsOpened: number;
  readonly connectionsOpen: number;
  /** From clients to the broker. */
  readonly bytesForwarded: number;
  /** From the broker to clients. */
  readonly bytesReturned: number;
}

export type ProxyValue =
  | { readonly of: 'forward' | 'disarm' }
  | { readonly of: 'lose-responses'; readonly evidence: LostResponses }
  | { readonly of: 'cut'; readonly connectionsCut: number }
  | { readonly of: 'traffic'; readonly traffic: ProxyTraffic };

export interface ProxyRequest {
  readonly id: number;
  readonly command: ProxyCommand;
}

export type ProxyReply =
  | { readonly id: 'opened'; readonly endpoints: readonly Endpoint[] }
  | { readonly id: 'opened'; readonly error: ErrorRecord }
  | { readonly id: number; readonly value: ProxyValue }
  | { readonly id: number; readonly error: ErrorRecord };
