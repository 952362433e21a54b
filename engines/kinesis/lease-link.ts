import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { atMost } from '../at-most.ts';
import { endpointOf } from '../endpoints.ts';
import { type Checkpoint, type Lease, lineOf, type Said, type Told } from './lease-protocol.ts';

const openMs = 5_000;
const leaveMs = 2_000;

export interface LeaseListener {
  assigned(leases: readonly Lease[], generation: number): void;
  /** Answered by `gaveUp`, in their order. */
  revoked(shards: readonly number[]): void;
  /** All that it had is others' by now. */
  removed(): void;
  /** @param refused by their index, checkpoints of shards that are another's by now */
  checkpointed(ticket: number, refused: readonly number[]): void;
  /** The table is gone, and what was not answered never will be. */
  ended(error: Error): void;
}

/** A consumer's connection to the table of leases. */
export class LeaseLink {
  readonly #socket: Socket;
  readonly #listener: LeaseListener;
  readonly #left = Promise.withResolvers<void>();
  #alive: NodeJS.Timeout | undefined;
  #isOver = false;

  private constructor(socket: Socket, listener: LeaseListener) {
    this.#socket = socket;
    this.#listener = listener;
    const lines = createInterface({ input: socket }).on('line', (line) => this.#read(line));
    socket.setNoDelay(true);
    // What reads lines tells its stream's errors once more.
    for (const source of [socket, lines]) source.on('error', (error: Error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the table of leases is gone')));
  }

  /** @param address `host:port` */
  static async open(address: string, listener: LeaseListener): Promise<LeaseLink> {
    const socket = connect({ ...endpointOf(address), timeout: openMs });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
      socket.once('timeout', () => socket.destroy(new Error(`nobody answers at ${address}`)));
    });
    socket.setTimeout(0);
    return new LeaseLink(socket, listener);
  }

  join(group: string, shards: number, silenceMs: number): void {
    this.#say({ say: 'join', group, shards, silenceMs });
    this.#alive ??= setInterval(() => this.#say({ say: 'alive' }), silenceMs / 4);
  }

  checkpoint(ticket: number, at: readonly Checkpoint[]): void {
    this.#say({ say: 'checkpoint', ticket, at });
  }

  gaveUp(): void {
    this.#say({ say: 'gave-up' });
  }

  /** Resolved when what was said before has been heard, or nobody is there to hear it. */
  async leave(): Promise<void> {
    if (this.#isOver) return;
    this.#say({ say: 'leave' });
    await atMost(this.#left.promise, leaveMs);
    this.destroy();
  }

  /** Nothing is told any more. */
  destroy(): void {
    this.#isOver = true;
    clearInterval(this.#alive);
    this.#left.resolve();
    this.#socket.destroy();
  }

  #say(said: Said): void {
    if (!this.#isOver) this.#socket.write(lineOf(said));
  }

  /** The last line of a table that is gone may be half of one. */
  #read(line: string): void {
    if (this.#isOver) return;
    let told: Told;
    try {
      told = JSON.parse(line) as Told;
    } catch (error) {
      return this.#end(error instanceof Error ? error : new Error(String(error)));
    }
    this.#heard(told);
  }

  #heard(told: Told): void {
    switch (told.tell) {
      case 'assign':
        return this.#listener.assigned(told.leases, told.generation);
      case 'revoke':
        return this.#listener.revoked(told.shards);
      case 'removed':
        return this.#listener.removed();
      case 'checkpointed':
        return this.#listener.checkpointed(told.ticket, told.refused);
      case 'left':
        return this.#left.resolve();
    }
  }

  #end(error: Error): void {
    if (this.#isOver) return;
    this.destroy();
    this.#listener.ended(error);
  }
}
