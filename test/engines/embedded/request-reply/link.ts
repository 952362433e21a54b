import { defaultExchange } from '../../../../engines/embedded/broker/exchanges.ts';
import type { CopyDelivery } from '../../../../engines/embedded/broker/copy-delivery.ts';
import { plainQueue } from '../../../../engines/embedded/broker/queue-spec.ts';
import { BrokerConnection } from '../../../../engines/embedded/client.ts';
import {
  batchBytes,
  decodeHeaders,
  encodeHeaders,
  writeBatch,
} from '../../../../engines/embedded/protocol/batch.ts';
import {
  readDeliveries,
  readPublished,
  writeGrant,
  writePublishHead,
  writeSettle,
  writeSubscribe,
} from '../../../../engines/embedded/protocol/broker-messages.ts';
import {
  readDeclaredQueue,
  writeQueueSpec,
} from '../../../../engines/embedded/protocol/broker-specs.ts';
import { beginRequest } from '../../../../engines/embedded/protocol/frame.ts';
import { Api } from '../../../../engines/embedded/protocol/protocol.ts';

/** AMQP's message properties of these names are headers here; no broker looks at them. */
export interface Letter {
  readonly body: string;
  readonly replyTo: string;
  readonly correlationId: string;
}

export interface Got extends Letter {
  readonly tag: number;
}

/** A connection of its own, which declares a queue, consumes it and publishes to the default exchange. */
export class Link {
  readonly #connection: BrokerConnection;
  #consumer = 0;

  private constructor(connection: BrokerConnection) {
    this.#connection = connection;
  }

  static async open(address: string, name: string, got: (got: Got) => void): Promise<Link> {
    const connection = await BrokerConnection.open(
      {
        address,
        kind: 'broker',
        name,
        connectTimeoutMs: 5_000,
        requestTimeoutMs: 30_000,
        signal: new AbortController().signal,
      },
      {
        pushed: (api, body) => {
          if (api === Api.deliver) for (const copy of readDeliveries(body).copies) got(gotOf(copy));
        },
        closed: () => {},
        drained: () => {},
      },
    );
    return new Link(connection);
  }

  /** @returns the broker's number of the queue */
  async consume(name: string, exclusive: boolean): Promise<number> {
    const spec = { ...plainQueue, name, exclusive };
    const declare = writeQueueSpec(beginRequest(Api.declareQueue), spec);
    const { queue } = readDeclaredQueue(await this.#connection.call(declare));
    const consumer = { queue, acknowledge: 'manual', prefetch: 1_000, exclusive: false } as const;
    const subscribe = writeSubscribe(beginRequest(Api.subscribe), consumer);
    this.#consumer = (await this.#connection.call(subscribe)).u32();
    return queue;
  }

  async grant(credit: number): Promise<void> {
    await this.#connection.call(writeGrant(beginRequest(Api.grant), this.#consumer, credit));
  }

  /** @returns whether it came back because there is no queue of that name */
  async publish(to: string, { body, replyTo, correlationId }: Letter): Promise<boolean> {
    const headers = encodeHeaders({ 'reply-to': replyTo, 'correlation-id': correlationId });
    const messages = [{ key: Buffer.from(to), headers, body: Buffer.from(body) }];
    const request = writePublishHead(beginRequest(Api.publish), {
      exchange: defaultExchange,
      mandatory: true,
      persistent: true,
      priority: 0,
    });
    const at = request.reserve(batchBytes(messages));
    writeBatch(messages, request.view(), at);
    return readPublished(await this.#connection.call(request)).returned.has(0);
  }

  async acknowledge({ tag }: Got): Promise<void> {
    const request = { consumer: this.#consumer, how: 'acknowledge', tags: [tag] } as const;
    await this.#connection.call(writeSettle(beginRequest(Api.settle), request));
  }

  async depth(queue: number): Promise<number> {
    return (await this.#connection.call(beginRequest(Api.queueDepth).u32(queue))).u64();
  }

  close(): void {
    this.#connection.close();
  }
}

function gotOf({ tag, headers, body }: CopyDelivery): Got {
  const all = decodeHeaders(headers) ?? {};
  const { 'reply-to': replyTo = '', 'correlation-id': correlationId = '' } = all;
  return { tag, body: body.toString(), replyTo, correlationId };
}
