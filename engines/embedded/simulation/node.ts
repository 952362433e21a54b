import type {
  ConnectionTrouble,
  SimulatedConnection,
  SimulatedDisk,
  SimulatedWorld,
} from '../../simulation.ts';
import { openBroker } from '../host/broker.ts';
import type { Peer, Service } from '../host/peer.ts';
import type { FsyncPolicy, Journal } from '../journal/journal.ts';
import { JournalError } from '../journal/commit-log.ts';
import { ByteReader, ByteWriter, ProtocolError } from '../protocol/bytes.ts';
import { Api, type BrokerKind, Status } from '../protocol/protocol.ts';

export interface NodeOptions {
  readonly kind: BrokerKind;
  readonly fsync: FsyncPolicy;
  readonly rebalanceTimeoutMs: number;
  readonly maxInFlight: number;
}

/** What a client hears. */
export interface ClientEnd {
  answered(correlation: number, status: number, body: Buffer): void;
  pushed(api: number, body: Buffer): void;
  /** Nothing comes any more, and whatever was asked may have been done or not. */
  ended(): void;
}

/** How a client speaks to the node. */
export interface ServerEnd {
  readonly connection: SimulatedConnection;
  request(api: number, correlation: number, body: Buffer): void;
}

/** A machine has been up for a day at most when its broker starts. */
const upMostMs = 86_400_000;

interface Life {
  readonly service: Service;
  readonly journal: Journal;
  /** Where the process's clock stands at 0: no two of them begin alike, and nothing of it may be stored. */
  readonly clockFromNs: number;
  /** When its next tick is due; a tick too many does no harm. */
  wakesMs: number;
}

/** The broker process in a simulated machine: the very state machines that the real process hosts. */
export class SimulatedNode {
  readonly #world: SimulatedWorld;
  readonly #options: NodeOptions;
  readonly #disk: SimulatedDisk;
  #life: Life | undefined;
  #connections = new Set<SimulatedConnection>();
  #awaited: { readonly api: number; readonly act: () => void } | undefined;

  constructor(world: SimulatedWorld, options: NodeOptions) {
    this.#world = world;
    this.#options = options;
    this.#disk = world.newDisk('of the broker');
  }

  get isUp(): boolean {
    return this.#life !== undefined;
  }

  start(): void {
    const random = this.#world.random(`salt at ${this.#world.agenda.nowNs}`);
    const { service, journal, truncatedBytes } = openBroker(this.#disk, {
      ...this.#options,
      salt: () => random.uint32(),
      keeps: (rule) => !this.#world.isBroken(rule),
      onFailure: () => this.kill(),
    });
    if (truncatedBytes > 0) this.#world.mark('recovery cut off a torn tail');
    const clockFromNs = this.#world.agenda.nowNs - random.below(upMostMs) * 1e6;
    this.#life = { service, journal, clockFromNs, wakesMs: Number.POSITIVE_INFINITY };
    this.#syncByInterval(this.#life);
    this.#schedule(this.#life);
  }

  /** kill -9: what was written is on the disk's way. */
  kill(): void {
    this.#die();
    this.#disk.loseProcess();
  }

  /** Bytes that still fit its disk. */
  setRoom(bytes: number): void {
    this.#disk.setRoom(bytes);
  }

  /** Once, when the next request of this kind has been handled. */
  onceHandled(api: number, act: () => void): void {
    this.#awaited = { api, act };
  }

  losePower(): void {
    this.#die();
    this.#disk.losePower();
  }

  /** @returns undefined when nobody listens */
  accept(client: ClientEnd, trouble: ConnectionTrouble): ServerEnd | undefined {
    const life = this.#life;
    if (life === undefined) return undefined;
    const session = this.#world.newSession();
    const connection = this.#world.newConnection(`${session}`, trouble);
    this.#connections.add(connection);
    connection.onCut('server', () => {
      this.#connections.delete(connection);
      if (this.#life === life) life.service.disconnected(session, this.#nowMs(life));
      this.#schedule(life);
    });
    connection.onCut('client', () => client.ended());
    const peer = peerOf(session, connection, client);
    return {
      connection,
      request: (api, correlation, body) => {
        connection.toServer(() => this.#handle(life, peer, connection, api, correlation, body));
      },
    };
  }

  /** What the broker answers to its operator, without a connection, whenever it does. */
  tell(api: number, body: Buffer, then: (body: ByteReader) => void): void {
    if (this.#life === undefined) {
      throw new Error(`request ${api} of the operator meets a broker that is down`);
    }
    const peer: Peer = {
      session: 0,
      reply: (_api, _correlation, chunks) => then(new ByteReader(Buffer.concat(chunks))),
      refuse: (_api, _correlation, status, reason) => {
        throw new Error(`the broker refused request ${api} of its operator: ${status}, ${reason}`);
      },
      push: () => {},
    };
    this.#life.service.handle(peer, api, 0, new ByteReader(body), this.#nowMs(this.#life));
  }

  /** The same where the answer comes at once. */
  ask(api: number, body: Buffer): ByteReader {
    const answers: ByteReader[] = [];
    this.tell(api, body, (answer) => answers.push(answer));
    const [answer] = answers;
    if (answer === undefined) throw new Error(`the broker did not answer request ${api} at once`);
    return answer;
  }

  #nowMs({ clockFromNs }: Life): number {
    return (this.#world.agenda.nowNs - clockFromNs) / 1e6;
  }

  #die(): void {
    this.#life = undefined;
    for (const connection of this.#connections) connection.cut();
    this.#connections = new Set();
  }

  #handle(
    life: Life,
    peer: Peer,
    connection: SimulatedConnection,
    api: number,
    correlation: number,
    body: Buffer,
  ): void {
    if (this.#life !== life) return;
    try {
      life.service.handle(peer, api, correlation, new ByteReader(body), this.#nowMs(life));
    } catch (error) {
      if (error instanceof JournalError) {
        this.#unstored(peer, api, correlation, error);
      } else if (error instanceof ProtocolError) connection.cut();
      else throw error;
    }
    this.#schedule(life);
    if (this.#awaited?.api !== api) return;
    const { act } = this.#awaited;
    this.#awaited = undefined;
    act();
  }

  #unstored(peer: Peer, api: number, correlation: number, error: JournalError): void {
    this.#world.mark('a full disk refused a request');
    const isMessage = api === Api.produce || api === Api.send;
    if (isMessage && this.#world.isBroken('refuse-when-full')) {
      return peer.reply(api, correlation, [new ByteWriter().u64(0).finish()]);
    }
    peer.refuse(api, correlation, Status.storageFailed, error.message);
  }

  #schedule(life: Life): void {
    const nextMs = this.#life === life ? (life.service.nextWakeMs() ?? Infinity) : Infinity;
    if (nextMs >= life.wakesMs) return;
    life.wakesMs = nextMs;
    // A little later, because what milliseconds round away would be waited for again and again.
    const soonNs = nextMs <= this.#nowMs(life) ? 1e6 : 100;
    this.#world.agenda.at(
      Math.max(life.clockFromNs + nextMs * 1e6, this.#world.agenda.nowNs) + soonNs,
      () => {
        if (this.#life !== life || life.wakesMs !== nextMs) return;
        life.wakesMs = Number.POSITIVE_INFINITY;
        life.service.tick(this.#nowMs(life));
        this.#schedule(life);
      },
    );
  }

  #syncByInterval(life: Life): void {
    const { fsync } = this.#options;
    if (fsync.kind !== 'interval' || this.#life !== life) return;
    life.journal.tick(this.#nowMs(life));
    this.#world.agenda.after(fsync.everyMs * 1e6, () => this.#syncByInterval(life));
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
