import type { ActorContext, Target } from '../engine.ts';
import { connectTimeoutMsOf } from './at-leader.ts';
import type { ConnectOptions } from './client.ts';
import type { BrokerKind } from './protocol/protocol.ts';

/** How the members of an actor's session reach their broker. */
export function connectOptions(
  kind: BrokerKind,
  target: Target,
  requestTimeoutMs: number,
  actor: ActorContext,
): ConnectOptions {
  return {
    address: target.address,
    kind,
    name: actor.name,
    connectTimeoutMs: connectTimeoutMsOf(target.address),
    requestTimeoutMs,
    signal: actor.signal,
  };
}

interface Member {
  /** Ends at once, without a goodbye. */
  abandon(): void;
}

/** Producers and consumers of one session, which end with it. */
export class Members {
  readonly #open = new Set<Member>();
  #closed = false;

  /** Also for one that was still being opened when the session was closed. */
  keep<T extends Member>(opened: T): T {
    if (this.#closed) opened.abandon();
    else this.#open.add(opened);
    return opened;
  }

  abandonAll(): void {
    this.#closed = true;
    for (const member of this.#open) member.abandon();
    this.#open.clear();
  }
}
