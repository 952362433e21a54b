import { Reader, Writer } from '@platformatic/kafka';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

const produceKey = 0;
const metadataKey = 3;
const apiVersionsKey = 18;
const initProducerIdKey = 22;

/**
 * One broker that leads the partitions of one topic and answers each produce request with the next error code of
 * its script, for each partition in it, after which all are accepted.
 */
export class ScriptedBroker {
  readonly topic = 'orders';
  readonly #partitions: number;
  /** Partitions of each produce request. */
  readonly produced: (readonly number[])[] = [];
  metadataAsked = 0;
  producerIds = 0;
  readonly #server: Server;
  readonly #script: number[];
  readonly #sockets = new Set<Socket>();

  private constructor(script: readonly number[], partitions: number) {
    this.#script = [...script];
    this.#partitions = partitions;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(script: readonly number[], partitions = 1): Promise<ScriptedBroker> {
    const broker = new ScriptedBroker(script, partitions);
    broker.#server.listen(0, '127.0.0.1');
    await once(broker.#server, 'listening');
    return broker;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    let read = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      read = Buffer.concat([read, chunk]);
      while (read.length >= 4 && read.length >= 4 + read.readInt32BE(0)) {
        const length = read.readInt32BE(0);
        this.#answer(socket, read.subarray(4, 4 + length));
        read = read.subarray(4 + length);
      }
    });
  }

  #answer(socket: Socket, request: Buffer): void {
    const key = request.readInt16BE(0);
    const header = Writer.create().appendInt32(request.readInt32BE(4));
    // Only the answer to ApiVersions has no tagged fields in its header.
    if (key !== apiVersionsKey) header.appendTaggedFields();
    const content = Buffer.concat([header.buffer, this.#bodyFor(key, request)]);
    const frame = Buffer.alloc(4);
    frame.writeInt32BE(content.length);
    socket.write(Buffer.concat([frame, content]));
  }

  #bodyFor(key: number, request: Buffer): Buffer {
    if (key === apiVersionsKey) return versions();
    if (key === metadataKey) {
      this.metadataAsked += 1;
      return metadata(this.topic, this.port, this.#partitions);
    }
    if (key === initProducerIdKey) {
      this.producerIds += 1;
      return producerId(this.producerIds);
    }
    const partitions = partitionsOf(request);
    this.produced.push(partitions);
    const offset = BigInt(this.produced.length);
    return produceAnswer(this.topic, partitions, this.#script.shift() ?? 0, offset);
  }
}

function versions(): Buffer {
  const apis: [key: number, version: number][] = [
    [produceKey, 11],
    [metadataKey, 12],
    [apiVersionsKey, 3],
    [initProducerIdKey, 4],
  ];
  return Writer.create()
    .appendInt16(0)
    .appendArray(apis, (w, [key, version]) => {
      w.appendInt16(key).appendInt16(version).appendInt16(version);
    })
    .appendInt32(0)
    .appendTaggedFields().buffer;
}

/** Of a produce request, version 11: https://kafka.apache.org/protocol#The_Messages_Produce. */
function partitionsOf(request: Buffer): readonly number[] {
  const read = Reader.from(request);
  read.skip(8).readNullableString(false);
  read.readTaggedFields();
  read.readNullableString();
  read.skip(2 + 4);
  const topics = read.readArray((topic) => {
    topic.readString();
    return topic.readArray((partition) => {
      const index = partition.readInt32();
      partition.readBytes();
      return index;
    });
  });
  return topics.flat();
}

function metadata(topic: string, port: number, partitions: number): Buffer {
  const ids = (w: Writer) =>
    w.appendArray([1], (inner, id) => void inner.appendInt32(id), true, false);
  return Writer.create()
    .appendInt32(0)
    .appendArray([port], (w, at) => {
      w.appendInt32(1).appendString('127.0.0.1').appendInt32(at).appendString(null);
    })
    .appendString('scripted')
    .appendInt32(1)
    .appendArray([topic], (w, name) => {
      w.appendInt16(0).appendString(name).appendUUID(null).appendBoolean(false);
      w.appendArray([...Array(partitions).keys()], (inner, partition) => {
        inner.appendInt16(0).appendInt32(partition).appendInt32(1).appendInt32(0);
        ids(ids(inner)).appendArray([], () => undefined, true, false);
      }).appendInt32(0);
    })
    .appendTaggedFields().buffer;
}

function producerId(id: number): Buffer {
  const answer = Writer.create().appendInt32(0).appendInt16(0);
  return answer.appendInt64(BigInt(id)).appendInt16(0).appendTaggedFields().buffer;
}

function produceAnswer(
  topic: string,
  partitions: readonly number[],
  errorCode: number,
  offset: bigint,
): Buffer {
  return Writer.create()
    .appendArray([topic], (w, name) => {
      w.appendString(name).appendArray([...partitions], (inner, partition) => {
        inner.appendInt32(partition).appendInt16(errorCode).appendInt64(offset);
        inner
          .appendInt64(-1n)
          .appendInt64(0n)
          .appendArray([], () => undefined);
        inner.appendString(null);
      });
    })
    .appendInt32(0)
    .appendTaggedFields().buffer;
}
