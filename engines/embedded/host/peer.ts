import type { JournalError } from '../journal/commit-log.ts';
import type { ByteReader } from '../protocol/bytes.ts';
import { type BrokerKind, type Refusal, Status } from '../protocol/protocol.ts';

/** What a client is told whose request could not be stored. */
export function statusOf({ reason }: JournalError): Refusal {
  return reason === 'not-enough-replicas' ? Status.notEnoughReplicas : Status.storageFailed;
}

/** What everything in a broker's journal has, whatever was wished; the client reports the difference. */
export interface Copies {
  readonly replicas: number;
  readonly minInSync: number;
}

export const oneCopy: Copies = { replicas: 1, minInSync: 1 };

/** A connected client as a service sees it. */
export interface Peer {
  /** Unique in the process; the state machines know the client by it. */
  readonly session: number;
  /** Does nothing when the connection has ended. */
  reply(api: number, correlation: number, body: readonly Buffer[]): void;
  refuse(api: number, correlation: number, status: number, reason: string): void;
  push(api: number, body: Buffer): void;
}

/** Translates frames into calls of one state machine. */
export interface Service {
  readonly kind: BrokerKind;
  /** @throws ProtocolError for what is not well-formed, JournalError when nothing could be stored */
  handle(peer: Peer, api: number, correlation: number, body: ByteReader, nowMs: number): void;
  disconnected(session: number, nowMs: number): void;
  tick(nowMs: number): void;
  nextWakeMs(): number | undefined;
}
