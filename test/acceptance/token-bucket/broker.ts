import { BroadcastChannel } from 'node:worker_threads';
import type { FromBroker, Stored, ToBroker } from '../mailbox/broker.ts';

export interface Service {
  /** Messages that the bucket is given every second: what the broker can do, and no more. */
  readonly perSecond: number;
  /** Messages that it holds at most; it is empty when the first message is due. */
  readonly burst: number;
  /** Between a message and its answer, also where tokens abound. */
  readonly latencyMs: number;
}

interface Waiting {
  readonly from: string;
  readonly ticket: number;
  readonly body: Uint8Array;
  readonly readyMs: number;
}

const tickMs = 1;

/** First in, first out; a message is stored, answered and handed out when the bucket has a token for it. */
export class TokenBucketBroker {
  readonly #channel: BroadcastChannel;
  readonly #service: Service;
  readonly #timer: NodeJS.Timeout;
  readonly #waiting: Waiting[] = [];
  readonly #ready: Stored[] = [];
  readonly #leased = new Set<number>();
  readonly #pulls: { readonly from: string; permits: number; readonly requestedNs: number }[] = [];
  #tokens = 0;
  #filledMs: number | undefined;
  #position = 0;

  constructor(name: string, service: Service) {
    this.#service = service;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = (event: unknown) => {
      this.#receive((event as { readonly data: ToBroker }).data);
    };
    this.#channel.unref();
    this.#timer = setInterval(() => this.#serve(), tickMs);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#channel.close();
  }

  #receive(message: ToBroker): void {
    if (!('from' in message)) return;
    const { from } = message;
    switch (message.kind) {
      case 'send': {
        const readyMs = performance.now() + this.#service.latencyMs;
        for (const [at, ticket] of message.tickets.entries()) {
          const body = message.bodies[at];
          if (body !== undefined) this.#waiting.push({ from, ticket, body, readyMs });
        }
        break;
      }
      case 'pull':
        this.#pulls.push({ ...message });
        this.#handOut();
        break;
      case 'ack':
        for (const position of message.positions) this.#leased.delete(position);
        this.#post({ kind: 'acked', to: from, ticket: message.ticket });
        break;
      case 'bye':
        this.#pulls.length = 0;
        break;
      case 'depth': {
        const ready = this.#waiting.length + this.#ready.length;
        this.#post({ kind: 'depth', to: from, ready, inFlight: this.#leased.size });
        break;
      }
    }
  }

  #serve(): void {
    const nowMs = performance.now();
    const blocked = this.#waiting.findIndex(({ readyMs }) => readyMs > nowMs);
    const due = blocked < 0 ? this.#waiting.length : blocked;
    if (this.#filledMs === undefined && due === 0) return;
    const { perSecond, burst } = this.#service;
    const earned = ((nowMs - (this.#filledMs ?? nowMs)) / 1_000) * perSecond;
    this.#tokens = Math.min(burst, this.#tokens + earned);
    this.#filledMs = nowMs;
    const served = this.#waiting.splice(0, Math.min(Math.floor(this.#tokens), due));
    this.#tokens -= served.length;
    const answers = new Map<string, { tickets: number[]; positions: number[] }>();
    for (const { from, ticket, body } of served) {
      this.#position += 1;
      this.#ready.push({ position: this.#position, body, attempt: 0 });
      const answer = answers.get(from) ?? { tickets: [], positions: [] };
      answers.set(from, answer);
      answer.tickets.push(ticket);
      answer.positions.push(this.#position);
    }
    for (const [to, answer] of answers) this.#post({ kind: 'sent', to, ...answer });
    this.#handOut();
  }

  #handOut(): void {
    for (let pull = this.#pulls[0]; pull !== undefined; pull = this.#pulls[0]) {
      const messages = this.#ready.splice(0, pull.permits);
      if (messages.length > 0) {
        pull.permits -= messages.length;
        for (const message of messages) {
          message.attempt = 1;
          this.#leased.add(message.position);
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
