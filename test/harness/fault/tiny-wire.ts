import type { ServerFrame, Wire } from '../../../engines/wire.ts';

/**
 * A protocol for tests. Request: u32 length of what follows, u32 id, u8 kind (1 send, 0 other), payload.
 * Answer: u32 length of what follows, u32 id, payload. An answer does not say what it answers.
 */
export function request(
  id: number,
  kind: 'send' | 'other',
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUInt32BE(5 + payload.length, 0);
  head.writeUInt32BE(id, 4);
  head.writeUInt8(kind === 'send' ? 1 : 0, 8);
  return Buffer.concat([head, payload]);
}

export function answer(id: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(4 + payload.length, 0);
  head.writeUInt32BE(id, 4);
  return Buffer.concat([head, payload]);
}

/** Cuts a stream into its whole messages, lengths included. */
export class Framing {
  #rest: Buffer = Buffer.alloc(0);

  take(chunk: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: Buffer[] = [];
    while (this.#rest.length >= 4) {
      const end = 4 + this.#rest.readUInt32BE(0);
      if (this.#rest.length < end) break;
      frames.push(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
    }
    return frames;
  }
}

export const wire: Wire = {
  connection: () => {
    const requests = new Framing();
    const answers = new Framing();
    const sends = new Set<number>();
    return {
      fromClient: (chunk) => {
        for (const frame of requests.take(chunk)) {
          if (frame.readUInt8(8) === 1) sends.add(frame.readUInt32BE(4));
        }
      },
      fromServer: (chunk) =>
        answers.take(chunk).map((bytes): ServerFrame => {
          return { bytes, sendsAnswered: sends.delete(bytes.readUInt32BE(4)) ? 1 : 0 };
        }),
    };
  },
};
