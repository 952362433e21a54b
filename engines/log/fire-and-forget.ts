import type { ConnectOptions } from '../embedded/client.ts';
import { ClientCode } from '../embedded/outcomes.ts';
import { appendBatch, type QueuedSend } from '../embedded/outgoing.ts';
import { batchBytes } from '../embedded/protocol/batch.ts';
import { beginRequest, sealRequest } from '../embedded/protocol/frame.ts';
import { writeProduceHead } from '../embedded/protocol/log-messages.ts';
import { writeEndOffsets } from '../embedded/protocol/topic-messages.ts';
import { Api } from '../embedded/protocol/protocol.ts';
import { Reconnecting } from '../embedded/reconnecting.ts';
import type { ActorContext, Outcome, Outgoing, Producer, ProducerSink } from '../engine.ts';
import { admit } from './admission.ts';
import { closedProducer } from './ended-producer.ts';
import type { LogOptions } from './options.ts';
import { type DeployedTopic, laneKey, type Router } from './routing.ts';
import { sendLimit } from './traits.ts';

interface Part {
  readonly topic: number;
  readonly partition: number;
  readonly sends: QueuedSend[];
}

interface Settlement {
  readonly ticket: number;
  readonly outcome: Outcome;
  readonly code: number;
}

const noStamp = { producer: 0, epoch: 0, sequence: 0 } as const;

/**
 * A producer without answers. Everything ends `unknown`: what reached the socket may have been lost in
 * it, and what is sent while there is no connection is dropped, because a client that keeps no account
 * of its messages has nothing to keep them for. It connects again by itself and sends nothing twice.
 */
export class FireAndForgetProducer implements Producer {
  readonly #sink: ProducerSink;
  readonly #router: Router;
  readonly #topics: readonly DeployedTopic[];
  readonly #link: Reconnecting;
  #settlements: Settlement[] = [];
  #settling: Promise<void> = Promise.resolve();
  #writable = true;
  #over = false;

  constructor(
    connect: ConnectOptions,
    options: LogOptions,
    actor: ActorContext,
    router: Router,
    topics: readonly DeployedTopic[],
    sink: ProducerSink,
  ) {
    this.#sink = sink;
    this.#router = router;
    this.#topics = topics;
    this.#link = new Reconnecting(connect, actor, options.deliveryTimeoutMs, {
      up: () => this.#tellWritable(true),
      down: () => this.#tellWritable(true),
      gaveUp: (error) => {
        this.abandon();
        sink.disconnected(error);
      },
      drained: () => this.#tellWritable(true),
    });
  }

  /** @throws AckmarkError CONNECT_FAILED */
  async open(): Promise<void> {
    await this.#link.open();
  }

  send(batch: readonly Outgoing[]): void {
    if (this.#over) throw closedProducer();
    const { connection } = this.#link;
    const code = connection === undefined ? ClientCode.noConnection : ClientCode.noReply;
    const parts = new Map<number, Part>();
    for (const admitted of admit(batch, this.#router)) {
      if (admitted.kind === 'refuse') {
        this.#settleLater({ ticket: admitted.ticket, outcome: 'fail', code: admitted.code });
        continue;
      }
      const { topic, partition, send } = admitted;
      const key = laneKey(topic, partition);
      const part = parts.get(key) ?? { topic, partition, sends: [] };
      parts.set(key, part);
      part.sends.push(send);
      this.#settleLater({ ticket: send.ticket, outcome: 'unknown', code });
    }
    if (connection === undefined) return;
    connection.cork();
    for (const part of parts.values()) connection.post(encode(part));
    connection.uncork();
    if (connection.congested) this.#tellWritable(false);
  }

  flush(): Promise<void> {
    return this.#settling;
  }

  /** Lets the broker read what is in the socket: an orderly end loses nothing. */
  async close(): Promise<void> {
    if (this.#over) return;
    await this.#settling;
    const [topic] = this.#topics;
    if (topic !== undefined) {
      // Requests of a connection are handled in order, so its answer proves all before it.
      const request = writeEndOffsets(beginRequest(Api.endOffsets), topic.id, 'read-uncommitted');
      await this.#link.connection?.call(request).catch(() => {});
    }
    this.abandon();
  }

  /** Ends at once. */
  abandon(): void {
    if (this.#over) return;
    this.#over = true;
    this.#link.close();
    this.#settleNow();
  }

  #settleLater(settlement: Settlement): void {
    this.#settlements.push(settlement);
    if (this.#settlements.length > 1) return;
    this.#settling = Promise.resolve().then(() => this.#settleNow());
  }

  #settleNow(): void {
    const due = this.#settlements;
    this.#settlements = [];
    for (const { ticket, outcome, code } of due) {
      this.#sink.settled(ticket, outcome, code, undefined, 1);
    }
  }

  #tellWritable(writable: boolean): void {
    if (writable === this.#writable || this.#over) return;
    this.#writable = writable;
    this.#sink.writable(writable);
  }
}

function encode({ topic, partition, sends }: Part): Buffer {
  const request = beginRequest(Api.produce, Math.min(batchBytes(sends) + 64, sendLimit.bytes * 2));
  const head = { acks: 'none', topic, partition, stamp: noStamp } as const;
  appendBatch(writeProduceHead(request, head), sends);
  return sealRequest(request);
}
