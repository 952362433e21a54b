import { invariant } from '../../harness/core/errors.ts';
import { Afterwards } from '../afterwards.ts';
import type {
  ActorContext,
  Deployed,
  Outgoing,
  Producer,
  ProducerSink,
  Transaction,
} from '../engine.ts';
import { atMost } from '../at-most.ts';
import type { ProducerPort, PulsarConnection } from './connection.ts';
import { type Ended, Lane, type Sent } from './lane.ts';
import type { PulsarOptions } from './options.ts';
import { codeOfSendError, isRefusal, outcomeOf, PulsarCode } from './outcomes.ts';
import { isTooLarge, metadataOf, refusalOf } from './outgoing.ts';
import { type Connect, ProducerLink } from './producer-link.ts';
import { topicOf } from './topics.ts';

const sweepMs = 100;
const closeWaitMs = 2_000;

/**
 * Sends each message as an entry of its own, because messages that are gathered in an entry share one answer. Where the
 * harness sends again, the end of the connection is the end of this producer. Where the client does, the producer comes
 * back under its name and sends in order what is unanswered, with the same numbers, as the Java client does.
 */
export class PulsarProducer implements Producer {
  readonly #options: PulsarOptions;
  readonly #sink: ProducerSink;
  readonly #actor: ActorContext;
  readonly #lanes: readonly Lane[];
  readonly #link: ProducerLink;
  #ended: Ended[] = [];
  readonly #settling = new Afterwards(() => this.#settleEnded());
  readonly #flushed: (() => void)[] = [];
  readonly #sweep: NodeJS.Timeout;
  #openBytes = 0;
  #toldWritable = true;
  #isOver = false;
  #closing: Promise<void> | undefined;

  private constructor(
    connect: Connect,
    options: PulsarOptions,
    { topology }: Deployed,
    sink: ProducerSink,
    actor: ActorContext,
  ) {
    this.#options = options;
    this.#sink = sink;
    this.#actor = actor;
    this.#lanes = topology.destinations.map(
      (destination, index) => new Lane(index, topicOf(destination)),
    );
    this.#link = new ProducerLink(connect, actor, options.resend, this.#lanes, {
      portOf: (lane) => this.#portOf(lane),
      up: () => this.#sendAgain(),
      over: (error) => this.#give(PulsarCode.connectionLost, error),
    });
    this.#sweep = setInterval(() => this.#giveUp(), sweepMs);
  }

  /** @param first the connection to begin with. Rejects with what the broker said */
  static async open(
    first: PulsarConnection,
    connect: Connect,
    options: PulsarOptions,
    deployed: Deployed,
    sink: ProducerSink,
    actor: ActorContext,
  ): Promise<PulsarProducer> {
    const producer = new PulsarProducer(connect, options, deployed, sink, actor);
    try {
      await producer.#link.begin(first);
      return producer;
    } catch (error) {
      producer.#stop();
      throw error;
    }
  }

  send(batch: readonly Outgoing[], transaction?: Transaction): void {
    invariant(transaction === undefined, 'pulsar does not declare transactions');
    const nowNs = this.#actor.nowNs();
    for (const message of batch) this.#publish(message, nowNs);
    this.#tellWritable();
  }

  async flush(): Promise<void> {
    if (this.#unsettled === 0) return;
    await new Promise<void>((resolve) => this.#flushed.push(resolve));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (!this.#isOver) await atMost(this.flush(), closeWaitMs);
    this.#give(PulsarCode.closedByUs, undefined);
    this.#settleEnded();
    await this.#link.close();
  }

  get #unsettled(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.size, this.#ended.length);
  }

  #publish(message: Outgoing, nowNs: number): void {
    const { ticket, destination, body } = message;
    const lane = this.#lanes[destination];
    invariant(lane !== undefined, `no destination ${destination}`);
    const refused = this.#isOver ? PulsarCode.notConnected : refusalOf(message);
    if (refused !== undefined) return this.#refuse(ticket, refused);
    const sequenceId = lane.nextSequenceId;
    const metadata = metadataOf(message, {
      producerName: lane.producerName,
      sequenceId,
      publishTimeMs: Math.floor(performance.timeOrigin + performance.now()),
    });
    if (isTooLarge(metadata, body, this.#link.maxMessageBytes)) {
      return this.#refuse(ticket, PulsarCode.refusedByClient);
    }
    const sent: Sent = { ticket, sequenceId, metadata, body, sentNs: nowNs, attempts: 0 };
    lane.add(sent);
    this.#openBytes += body.length;
    this.#link.transmit(lane, sent);
  }

  /** Before any byte. */
  #refuse(ticket: number, code: PulsarCode): void {
    this.#ended.push({ ticket, attempts: 1, code, destination: 0, id: undefined });
    this.#settling.schedule();
  }

  #portOf(lane: Lane): ProducerPort {
    return {
      receipt: ({ sequenceId, messageId }) => {
        const sent = lane.take(sequenceId);
        if (sent !== undefined) this.#end(lane, sent, PulsarCode.ok, messageId);
      },
      refused: ({ sequenceId, error }) => {
        if (this.#options.resend === 'client' && !isRefusal(error)) {
          // As the Java client: whatever is unanswered goes again, in order, on another connection.
          this.#link.renew(new Error(`the broker could not take message ${sequenceId}`));
          return;
        }
        const sent = lane.take(sequenceId);
        if (sent !== undefined) this.#end(lane, sent, codeOfSendError(error, sent.attempts));
      },
      closed: () => this.#link.renew(new Error('the broker closed the producer')),
    };
  }

  #sendAgain(): void {
    for (const lane of this.#lanes) {
      for (const sent of lane.all) this.#link.transmit(lane, sent);
    }
  }

  #giveUp(): void {
    const { resend, answerTimeoutMs, deliveryTimeoutMs } = this.#options;
    const waitMs = resend === 'client' ? deliveryTimeoutMs : answerTimeoutMs;
    const dueNs = this.#actor.nowNs() - waitMs * 1e6;
    if (this.#lanes.every((lane) => lane.openSinceNs > dueNs)) return;
    if (resend === 'client') {
      // What is behind it in order must not overtake it.
      this.#give(PulsarCode.noAnswer, new Error(`no answer within ${waitMs} ms`));
      return;
    }
    for (const lane of this.#lanes) {
      for (const sent of lane.takeUntil(dueNs)) this.#end(lane, sent, PulsarCode.noAnswer);
    }
  }

  /** Everything that is open ends so; with an error its sender is told that there is no connection any more. */
  #give(code: PulsarCode, error: Error | undefined): void {
    if (this.#isOver) return;
    this.#stop();
    for (const lane of this.#lanes) {
      for (const sent of lane.takeUntil(Number.POSITIVE_INFINITY)) {
        this.#end(lane, sent, sent.attempts === 0 ? PulsarCode.notConnected : code);
      }
    }
    if (error === undefined) return;
    queueMicrotask(() => {
      this.#settleEnded();
      if (this.#closing === undefined) this.#sink.disconnected(error);
    });
  }

  #stop(): void {
    this.#isOver = true;
    clearInterval(this.#sweep);
  }

  #end(
    { destination }: Lane,
    { ticket, attempts, body }: Sent,
    code: PulsarCode,
    id?: Ended['id'],
  ): void {
    this.#openBytes -= body.length;
    this.#ended.push({ ticket, attempts: Math.max(1, attempts), code, destination, id });
    this.#settling.schedule();
  }

  #settleEnded(): void {
    const all = this.#ended;
    this.#ended = [];
    const tellsPlaces = this.#options.resend === 'harness';
    for (const { ticket, attempts, code, destination, id } of all) {
      const place =
        id === undefined || !tellsPlaces
          ? undefined
          : { scope: destination, position: { major: id.ledgerId, minor: id.entryId } };
      this.#sink.settled(ticket, outcomeOf(code), code, place, attempts);
    }
    this.#tellWritable();
    if (this.#unsettled > 0) return;
    for (const resolve of this.#flushed.splice(0)) resolve();
  }

  #tellWritable(): void {
    const writable = this.#openBytes < this.#options.bufferBytes;
    if (writable === this.#toldWritable || this.#isOver || this.#closing !== undefined) return;
    this.#toldWritable = writable;
    this.#sink.writable(writable);
  }
}
