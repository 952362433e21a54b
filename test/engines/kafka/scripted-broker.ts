import { Writer } from '@platformatic/kafka';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

const produceKey = 0;
const metadataKey = 3;
const apiVersionsKey = 18;

/**
 * One broker that leads one partition of one topic and answers each produce request with the next error code of
 * its script, after which all are accepted.
 */
export class ScriptedBroker {
  readonly topic = 'orders';
  produced = 0;
  metadataAsked = 0;
  readonly #server: Server;
  readonly #script: number[];
  readonly #sockets = new Set<Socket>();

  private constructor(script: readonly number[]) {
    this.#script = [...script];
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(script: readonly number[]): Promise<ScriptedBroker> {
    const broker = new ScriptedBroker(script);
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
        this.#answer(socket, read.readInt16BE(4), read.readInt32BE(8));
        read = read.subarray(4 + length);
      }
    });
  }

  #answer(socket: Socket, key: number, id: number): void {
    const header = Writer.create().appendInt32(id);
    // Only the answer to ApiVersions has no tagged fields in its header.
    if (key !== apiVersionsKey) header.appendTaggedFields();
    const content = Buffer.concat([header.buffer, this.#bodyFor(key)]);
    const frame = Buffer.alloc(4);
    frame.writeInt32BE(content.length);
    socket.write(Buffer.concat([frame, content]));
  }

  #bodyFor(key: number): Buffer {
    if (key === apiVersionsKey) return versions();
    if (key === metadataKey) {
      this.metadataAsked += 1;
      return metadata(this.topic, this.port);
    }
    this.produced += 1;
    return produceAnswer(this.topic, this.#script.shift() ?? 0, BigInt(this.produced));
  }
}

function versions(): Buffer {
  const apis: [key: number, version: number][] = [
    [produceKey, 11],
    [metadataKey, 12],
    [apiVersionsKey, 3],
  ];
  return Writer.create()
    .appendInt16(0)
    .appendArray(apis, (w, [key, version]) => {
      w.appendInt16(key).appendInt16(version).appendInt16(version);
    })
    .appendInt32(0)
    .appendTaggedFields().buffer;
}

function metadata(topic: string, port: number): Buffer {
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
      w.appendArray([0], (inner, partition) => {
        inner.appendInt16(0).appendInt32(partition).appendInt32(1).appendInt32(0);
        ids(ids(inner)).appendArray([], () => undefined, true, false);
      }).appendInt32(0);
    })
    .appendTaggedFields().buffer;
}

function produceAnswer(topic: string, errorCode: number, offset: bigint): Buffer {
  return Writer.create()
    .appendArray([topic], (w, name) => {
      w.appendString(name).appendArray([0], (inner, partition) => {
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
