import type { ConnectionTrouble, SimulatedConnection, SimulatedWorld } from '../../simulation.ts';
import { type Peer, type Service, statusOf } from '../host/peer.ts';
import { JournalError } from '../journal/commit-log.ts';
import { ByteReader, ByteWriter, ProtocolError } from '../protocol/bytes.ts';
import { Api, Status } from '../protocol/protocol.ts';
import type { ClockSkew, ProcessClock } from './clock.ts';

/** What a client hears. */
export interface ClientEnd {
  answered(correlation: number, status: number, body: Buffer): void;
  pushed(api: number, body: Buffer): void;
  /** Nothing comes any more, and whatever was asked may have been done or not. */
  ended(): void;
}

/** How a client speaks to the broker. */
export interface ServerEnd {
  readonly connection: SimulatedConnection;
  request(api: number, correlation: number, body: Buffer): void;
}

/** Where clients connect to, and the operator asks. */
export interface SimulatedBroker {
  /** Somebody serves clients. */
  readonly isUp: boolean;
  /** Of the clocks of all machines of the play. */
  readonly skew: ClockSkew;
  /** @returns undefined when nobody listens where the client tried */
  accept(client: ClientEnd, trouble: ConnectionTrouble): ServerEnd | undefined;
  /** What the broker answers to its operator, without a connection, whenever it does. */
  tell(api: number, body: Buffer, then: (body: ByteReader) => void): void;
  /** The same where the answer comes at once. */
  ask(api: number, body: Buffer): ByteReader;
}

export interface ServingOptions {
  readonly world: SimulatedWorld;
  readonly service: Service;
  readonly clock: ProcessClock;
  /** A client's request has been handled. */
  readonly handled: (api: number) => void;
}

/** A service and its connections, for as long as a process lives and may serve. */
export class Serving {
  readonly #options: ServingOptions;
  readonly #connections = new Set<SimulatedConnection>();
  /** When the service's next tick is due; a tick too many does no harm. */
  #wakesMs = Number.POSITIVE_INFINITY;
  #isOver = false;

  constructor(options: ServingOptions) {
    this.#options = options;
    this.#schedule();
  }

  get nowMs(): number {
    return this.#options.clock.nowMs;
  }

  /** Every connection is cut, and what its client had asked stays without an answer. */
  end(): void {
    this.#isOver = true;
    for (const connection of this.#connections) connection.cut();
    this.#connections.clear();
  }

  accept(client: ClientEnd, trouble: ConnectionTrouble): ServerEnd {
    const { world, service } = this.#options;
    const session = world.newSession();
    const connection = world.newConnection(`${session}`, trouble);
    this.#connections.add(connection);
    connection.onCut('server', () => {
      this.#connections.delete(connection);
      if (!this.#isOver) service.disconnected(session, this.nowMs);
      this.#schedule();
    });
    connection.onCut('client', () => client.ended());
    const peer = peerOf(session, connection, client);
    return {
      connection,
      request: (api, correlation, body) => {
        connection.toServer(() => this.#handle(peer, connection, api, correlation, body));
      },
    };
  }

  tell(api: number, body: Buffer, then: (body: ByteReader) => void): void {
    const peer: Peer = {
      session: 0,
      reply: (_api, _correlation, chunks) => then(new ByteReader(Buffer.concat(chunks))),
      refuse: (_api, _correlation, status, reason) => {
        throw new Error(`the broker refused request ${api} of its operator: ${status}, ${reason}`);
      },
      push: () => {},
    };
    this.#options.service.handle(peer, api, 0, new ByteReader(body), this.nowMs);
  }

  ask(api: number, body: Buffer): ByteReader {
    const answers: ByteReader[] = [];
    this.tell(api, body, (answer) => answers.push(answer));
    const [answer] = answers;
    if (answer === undefined) throw new Error(`the broker did not answer request ${api} at once`);
    return answer;
  }

  #handle(
    peer: Peer,
    connection: SimulatedConnection,
    api: number,
    correlation: number,
    body: Buffer,
  ): void {
    if (this.#isOver) return;
    try {
      this.#options.service.handle(peer, api, correlation, new ByteReader(body), this.nowMs);
    } catch (error) {
      if (error instanceof JournalError) this.#unstored(peer, api, correlation, error);
      else if (error instanceof ProtocolError) connection.cut();
      else throw error;
    }
    this.#schedule();
    this.#options.handled(api);
  }

  #unstored(peer: Peer, api: number, correlation: number, error: JournalError): void {
    const { world } = this.#options;
    const status = statusOf(error);
    const isFull = status === Status.storageFailed;
    world.mark(isFull ? 'a full disk refused a request' : 'too few replicas refused a request');
    const isMessage = api === Api.produce || api === Api.send || api === Api.publish;
    if (isFull && isMessage && world.isBroken('refuse-when-full')) {
      return peer.reply(api, correlation, [new ByteWriter().u64(0).finish()]);
    }
    peer.refuse(api, correlation, status, error.message);
  }

  #schedule(): void {
    const { service, clock, world } = this.#options;
    const nextMs = this.#isOver ? Infinity : (service.nextWakeMs() ?? Infinity);
    if (nextMs >= this.#wakesMs) return;
    this.#wakesMs = nextMs;
    // A little later, because what milliseconds round away would be waited for again and again.
    const soonNs = nextMs <= this.nowMs ? 1e6 : 100;
    const wakeNs = Math.max(clock.whenNs(nextMs), world.agenda.nowNs) + soonNs;
    world.agenda.at(wakeNs, () => {
      if (this.#isOver || this.#wakesMs !== nextMs) return;
      this.#wakesMs = Number.POSITIVE_INFINITY;
      service.tick(this.nowMs);
      this.#schedule();
    });
  }
}

function peerOf(session: number, connection: SimulatedConnection, client: ClientEnd): Peer {
  const answer = (correlation: number, status: number, body: Buffer): void => {
    connection.toClient(() => client.answered(correlation, status, body));
  };
  return {
    session,
    reply: (_api, correlation, chunks) => answer(correlation, Status.ok, Buffer.concat(chunks)),
    refuse: (_api, correlation, status, reason) => {
      answer(correlation, status, Buffer.from(reason));
    },
    push: (api, body) => connection.toClient(() => client.pushed(api, body)),
  };
}
