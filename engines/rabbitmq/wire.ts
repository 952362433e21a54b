import type { ServerFrame, Wire, WireConnection } from '../wire.ts';
import { FrameReader, type MethodFrame } from './frames.ts';
import { UnansweredPublishes } from './unanswered.ts';

const confirmSelect = 85 * 0x10000 + 10;
const channelOpen = 20 * 0x10000 + 10;
const basicPublish = 60 * 0x10000 + 40;
const basicAck = 60 * 0x10000 + 80;
const basicNack = 60 * 0x10000 + 120;

/**
 * AMQP 0-9-1 (https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, section 4.2.3) with RabbitMQ's
 * publisher confirms: a `basic.ack` from the server answers the publishes of a channel on which the client
 * has sent `confirm.select`. A `basic.nack` answers them too, but not positively.
 */
export const wire: Wire = { connection: () => new AmqpConnection() };

class AmqpConnection implements WireConnection {
  readonly #channels = new Map<number, UnansweredPublishes>();
  readonly #fromClient = new FrameReader({ protocolHeader: true, keepFrames: false });
  readonly #fromServer = new FrameReader({ protocolHeader: false, keepFrames: true });

  fromClient(chunk: Buffer): void {
    this.#fromClient.read(chunk, (_bytes, method) => {
      if (method !== undefined) this.#requested(method);
    });
  }

  fromServer(chunk: Buffer): readonly ServerFrame[] {
    const frames: ServerFrame[] = [];
    this.#fromServer.read(chunk, (bytes, method) => {
      frames.push({ bytes, sendsAnswered: method === undefined ? 0 : this.#answered(method) });
    });
    return frames;
  }

  #requested({ channel, id }: MethodFrame): void {
    if (id === channelOpen) this.#channels.delete(channel);
    else if (id === confirmSelect) {
      if (!this.#channels.has(channel)) this.#channels.set(channel, new UnansweredPublishes());
    } else if (id === basicPublish) this.#channels.get(channel)?.publish();
  }

  #answered({ channel, id, arguments: given }: MethodFrame): number {
    if ((id !== basicAck && id !== basicNack) || given.length < 9) return 0;
    const tag = Number(given.readBigUInt64BE(0));
    const multiple = (given.readUInt8(8) & 1) === 1;
    const count = this.#channels.get(channel)?.answer(tag, multiple) ?? 0;
    return id === basicAck ? count : 0;
  }
}
