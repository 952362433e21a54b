import { BroadcastChannel } from 'node:worker_threads';

/** What the broker does wrong on purpose; `none` keeps every promise. */
export type Defect = 'none' | 'drops' | 'doubles' | 'repeats' | 'swaps';

export interface Stored {
  readonly position: number;
  readonly body: Uint8Array;
  attempt: number;
}

export type ToBroker =
  | {
      readonly kind: 'send';
      readonly from: string;
      readonly tickets: readonly number[];
      readonly bodies: readonly Uint8Array[];
    }
  | {
      readonly kind: 'pull';
      readonly from: string;
      readonly permits: number;
      readonly requestedNs: number;
    }
  | {
      readonly kind: 'ack';
      readonly from: string;
      readonly ticket: number;
      readonly positions: readonly number[];
    }
  | { readonly kind: 'bye'; readonly from: string }
  | { readonly kind: 'depth'; readonly from: string };

export type FromBroker =
  | {
      readonly kind: 'sent';
      readonly to: string;
      readonly tickets: readonly number[];
      readonly positions: readonly number[];
    }
  | {
      readonly kind: 'batch';
      readonly to: string;
      readonly requestedNs: number;
      readonly messages: readonly Stored[];
    }
  | { readonly kind: 'acked'; readonly to: string; readonly ticket: number }
  | {
      readonly kind: 'depth';
      readonly to: string;
      readonly ready: number;
      readonly inFlight: number;
    };

/** How often the defect strikes: one acknowledged message in so many. */
const oneIn = 10_000;
/** A copy comes back this many messages after its acknowledgement, when old permits are used up. */
const repeatAfter = 5_000;
const laneOffset = 8;

/** One first-in first-out queue in the coordinator's thread, spoken to from the actors' threads. */
export class MailboxBroker {
  readonly #channel: BroadcastChannel;
  readonly #defect: Defect;
  #ready: Stored[] = [];
  readonly #leased = new Map<number, { readonly message: Stored; readonly holder: string }>();
  readonly #pulls: { readonly from: string; permits: number; readonly requestedNs: number }[] = [];
  readonly #repeats: { readonly message: Stored; readonly at: number }[] = [];
  #held: { readonly lane: number; readonly message: Stored } | undefined;
  #position = 0;
  #acked = 0;

  constructor(name: string, defect: Defect) {
    this.#defect = defect;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = (event: unknown) => {
      this.#receive((event as { readonly data: ToBroker }).data);
    };
    this.#channel.unref();
  }

  close(): void {
    this.#channel.close();
  }

  #receive(message: ToBroker): void {
    if (!('from' in message)) return;
    switch (message.kind) {
      case 'send':
        this.#store(message.from, message.tickets, message.bodies);
        break;
      case 'pull':
        this.#pulls.push({ ...message });
        break;
      case 'ack':
        this.#acknowledge(message.from, message.ticket, message.positions);
        break;
      case 'bye':
        this.#leave(message.from);
        break;
      case 'depth':
        this.#post({
          kind: 'depth',
          to: message.from,
          ready: this.#ready.length,
          inFlight: this.#leased.size,
        });
        break;
    }
    this.#deliver();
  }

  #store(from: string, tickets: readonly number[], bodies: readonly Uint8Array[]): void {
    const positions = bodies.map((body) => {
      this.#position += 1;
      const message = { position: this.#position, body, attempt: 0 };
      if (this.#defect === 'drops' && this.#position % oneIn === 0) return this.#position;
      if (this.#defect === 'swaps') this.#storeSwapping(message);
      else this.#ready.push(message);
      if (this.#defect === 'doubles' && this.#position % oneIn === 0) {
        this.#ready.push({ ...message });
      }
      return message.position;
    });
    this.#post({ kind: 'sent', to: from, tickets, positions });
  }

  /** Holds one message back until the next of its lane has passed it. */
  #storeSwapping(message: Stored): void {
    const lane = Buffer.from(message.body).readUInt32LE(laneOffset);
    if (this.#held === undefined && message.position % oneIn === oneIn / 2) {
      this.#held = { lane, message };
      return;
    }
    this.#ready.push(message);
    if (this.#held?.lane !== lane) return;
    this.#ready.push(this.#held.message);
    this.#held = undefined;
  }

  #acknowledge(from: string, ticket: number, positions: readonly number[]): void {
    for (const position of positions) {
      const leased = this.#leased.get(position);
      if (leased === undefined) continue;
      this.#leased.delete(position);
      this.#acked += 1;
      if (this.#defect === 'repeats' && this.#acked % oneIn === 0) {
        this.#repeats.push({ message: leased.message, at: this.#acked + repeatAfter });
      }
    }
    this.#post({ kind: 'acked', to: from, ticket });
    const due = this.#repeats[0];
    if (due === undefined || this.#acked < due.at) return;
    this.#repeats.shift();
    this.#ready.push({ ...due.message, attempt: 0 });
  }

  #leave(from: string): void {
    const own = [...this.#leased].filter(([, lease]) => lease.holder === from);
    for (const [position] of own) this.#leased.delete(position);
    this.#ready = [...own.map(([, lease]) => lease.message), ...this.#ready];
    for (const pull of this.#pulls) if (pull.from === from) pull.permits = 0;
  }

  #deliver(): void {
    for (let pull = this.#pulls[0]; pull !== undefined; pull = this.#pulls[0]) {
      const messages = this.#ready.splice(0, pull.permits);
      pull.permits -= messages.length;
      if (messages.length > 0) {
        for (const message of messages) {
          message.attempt += 1;
          this.#leased.set(message.position, { message, holder: pull.from });
        }
        this.#post({ kind: 'batch', to: pull.from, requestedNs: pull.requestedNs, messages });
      }
      if (pull.permits > 0) return;
      this.#pulls.shift();
    }
  }

  #post(message: FromBroker): void {
    this.#channel.postMessage(message);
  }
}
