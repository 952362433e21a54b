import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { invariant } from '../../harness/core/errors.ts';
import { type Said, lineOf, type Told } from './lease-protocol.ts';
import { LeasedGroup } from './leased-group.ts';

const tickMs = 50;

/**
 * What the client library of AWS (KCL) has in DynamoDB, and what is not there here: who reads which shard, and how far
 * each subscription has come. It is in the memory of the process that runs the cell and speaks over a socket of its own,
 * so that no fault of the streams reaches it, as none reaches DynamoDB.
 */
export class LeaseTable {
  readonly #server: Server;
  readonly #groups = new Map<string, LeasedGroup>();
  readonly #sockets = new Set<Socket>();
  readonly #ticking: NodeJS.Timeout;
  #sessions = 0;

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
    this.#ticking = setInterval(() => this.#lookForSilence(), tickMs);
    this.#ticking.unref();
  }

  static async open(): Promise<LeaseTable> {
    const table = new LeaseTable();
    await new Promise<void>((resolve, reject) => {
      table.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return table;
  }

  /** `host:port` */
  get address(): string {
    const bound = this.#server.address();
    invariant(bound !== null && typeof bound === 'object', 'the table of leases is open');
    return `${bound.address}:${bound.port}`;
  }

  checkpointOf(group: string, shard: number): string | undefined {
    return this.#groups.get(group)?.checkpointOf(shard);
  }

  forget(group: string): void {
    this.#groups.delete(group);
  }

  async close(): Promise<void> {
    clearInterval(this.#ticking);
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /**
   * Looks back to this moment when all that waited in the sockets by then has been read: a standstill of this thread
   * is not the silence of the consumers.
   */
  #lookForSilence(): void {
    const nowMs = performance.now();
    setImmediate(() => {
      for (const group of this.#groups.values()) group.tick(nowMs);
    });
  }

  #serve(socket: Socket): void {
    this.#sessions += 1;
    const session = this.#sessions;
    let group: LeasedGroup | undefined;
    const tell = (told: Told): void => {
      if (!socket.destroyed) socket.write(lineOf(told));
    };
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    const lines = createInterface({ input: socket }).on('line', (line) => {
      try {
        group = this.#heard(JSON.parse(line) as Said, session, group, tell);
      } catch {
        // Whoever speaks otherwise is no consumer of ours.
        socket.destroy();
      }
    });
    // What reads lines tells its stream's errors once more: a consumer that is killed resets its connection.
    for (const source of [socket, lines]) source.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      group?.disconnected(session, performance.now());
    });
  }

  /** @returns the group whose consumer the session is, if it is one */
  #heard(
    said: Said,
    session: number,
    group: LeasedGroup | undefined,
    tell: (told: Told) => void,
  ): LeasedGroup | undefined {
    const nowMs = performance.now();
    if (said.say === 'join') {
      const joined = this.#groups.get(said.group) ?? new LeasedGroup(said);
      this.#groups.set(said.group, joined);
      joined.join(session, said, tell, nowMs);
      return joined;
    }
    invariant(group !== undefined, 'a consumer joins first');
    switch (said.say) {
      case 'alive':
        group.heard(session, nowMs);
        return group;
      case 'gave-up':
        group.gaveUp(session, nowMs);
        return group;
      case 'checkpoint':
        tell({
          tell: 'checkpointed',
          ticket: said.ticket,
          refused: group.checkpoint(session, said, nowMs),
        });
        return group;
      case 'leave':
        group.leave(session, nowMs);
        tell({ tell: 'left' });
        return undefined;
    }
  }
}
