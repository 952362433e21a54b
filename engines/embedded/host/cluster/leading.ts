import type { ByteReader } from '../../protocol/bytes.ts';
import { type BrokerKind, Status } from '../../protocol/protocol.ts';
import type { Peer, Service } from '../peer.ts';

/** What a node serves: its state machine while it leads, and otherwise nothing. */
export class Leading implements Service {
  readonly kind: BrokerKind;
  #service: Service | undefined;

  constructor(kind: BrokerKind) {
    this.kind = kind;
  }

  get isLeading(): boolean {
    return this.#service !== undefined;
  }

  begin(service: Service): void {
    this.#service = service;
  }

  end(): void {
    this.#service = undefined;
  }

  handle(peer: Peer, api: number, correlation: number, body: ByteReader, nowMs: number): void {
    if (this.#service !== undefined) this.#service.handle(peer, api, correlation, body, nowMs);
    else peer.refuse(api, correlation, Status.notLeader, 'this node does not lead');
  }

  disconnected(session: number, nowMs: number): void {
    this.#service?.disconnected(session, nowMs);
  }

  tick(nowMs: number): void {
    this.#service?.tick(nowMs);
  }

  nextWakeMs(): number | undefined {
    return this.#service?.nextWakeMs();
  }
}
