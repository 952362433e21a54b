import {
  type SendMessageBatchRequestEntry,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { undeclaredUse } from '../../../../engines/contract/contract.ts';
import type {
  ActorContext,
  Deployed,
  Outcome,
  Outgoing,
  Place,
  Producer,
  ProducerSink,
  Traits,
} from '../../../../engines/engine.ts';
import { queueOf } from './administration.ts';
import { code } from './engine.ts';
import { placeOf } from './place.ts';

/** One contract batch becomes one SendMessageBatch per destination; entries succeed and fail alone. */
export class SqsProducer implements Producer {
  readonly #client: SQSClient;
  readonly #traits: Traits;
  readonly #deployed: Deployed;
  readonly #sink: ProducerSink;
  readonly #actor: ActorContext;
  readonly #running = new Set<Promise<void>>();

  constructor(
    client: SQSClient,
    traits: Traits,
    deployed: Deployed,
    sink: ProducerSink,
    actor: ActorContext,
  ) {
    this.#client = client;
    this.#traits = traits;
    this.#deployed = deployed;
    this.#sink = sink;
    this.#actor = actor;
  }

  send(batch: readonly Outgoing[]): void {
    const refused: number[] = [];
    const byDestination = new Map<number, Map<number, SendMessageBatchRequestEntry>>();
    for (const message of batch) {
      if (undeclaredUse(this.#traits.capabilities, message) !== undefined) {
        refused.push(message.ticket);
        continue;
      }
      const entries = byDestination.get(message.destination) ?? new Map();
      byDestination.set(message.destination, entries.set(message.ticket, this.#entry(message)));
    }
    for (const [destination, entries] of byDestination)
      this.#start(this.#call(destination, entries));
    if (refused.length > 0) this.#start(this.#refuse(refused));
  }

  async flush(): Promise<void> {
    await Promise.all(this.#running);
  }

  close(): Promise<void> {
    return this.flush();
  }

  #entry(message: Outgoing): SendMessageBatchRequestEntry {
    const headers = Object.entries(message.headers ?? {});
    const unique = (): string => `${this.#actor.name}-${message.ticket}`;
    const fifo = this.#traits.capabilities.has('message-groups');
    return {
      Id: `${message.ticket}`,
      MessageBody: message.body.toString('base64'),
      ...(message.delayMs > 0 ? { DelaySeconds: Math.ceil(message.delayMs / 1_000) } : {}),
      ...(fifo ? { MessageGroupId: message.group ?? unique() } : {}),
      ...(fifo ? { MessageDeduplicationId: message.deduplicationId ?? unique() } : {}),
      MessageAttributes: Object.fromEntries(
        headers.map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    };
  }

  #start(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  async #refuse(tickets: readonly number[]): Promise<void> {
    await Promise.resolve();
    for (const ticket of tickets) this.#settle(ticket, 'fail', code.notDeclared);
  }

  async #call(
    destination: number,
    entries: ReadonlyMap<number, SendMessageBatchRequestEntry>,
  ): Promise<void> {
    const open = new Set(entries.keys());
    try {
      const { Successful = [], Failed = [] } = await this.#client.send(
        new SendMessageBatchCommand({
          QueueUrl: queueOf(this.#deployed, destination),
          Entries: [...entries.values()],
        }),
      );
      for (const { Id, SequenceNumber } of Successful) {
        if (!open.delete(Number(Id))) continue;
        const placed = this.#traits.capabilities.has('places');
        this.#settle(Number(Id), 'ok', code.ok, placed ? placeOf(SequenceNumber) : undefined);
      }
      for (const { Id, SenderFault } of Failed) {
        if (!open.delete(Number(Id))) continue;
        // A fault of the server says nothing about whether the entry was stored.
        if (SenderFault === true) this.#settle(Number(Id), 'fail', code.senderFault);
        else this.#settle(Number(Id), 'unknown', code.serverFault);
      }
      for (const ticket of open) this.#settle(ticket, 'unknown', code.noAnswer);
    } catch (error) {
      const refused = isRefusal(error);
      for (const ticket of open) {
        this.#settle(ticket, refused ? 'fail' : 'unknown', refused ? code.refused : code.noAnswer);
      }
    }
  }

  #settle(ticket: number, outcome: Outcome, number: number, place?: Place): void {
    this.#sink.settled(ticket, outcome, number, place, 1);
  }
}

/** Only an answer with a 4xx status is a definite rejection; a dead connection or a 5xx is not. */
export function isRefusal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return false;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null) return false;
  const status = 'httpStatusCode' in metadata ? Number(metadata.httpStatusCode) : 0;
  return status >= 400 && status < 500;
}
