import type { ServerFrame, Wire, WireConnection } from '../../../engines/wire.ts';
import type { LedgerAnswer } from './protocol.ts';

/** A line is a frame; the answer to an `apply` is what the COMMIT of it answers. */
export const wire: Wire = { connection: () => new LedgerWire() };

const lineEnd = 0x0a;

class LedgerWire implements WireConnection {
  #rest = Buffer.alloc(0);

  fromClient(): void {
    // Answers say what they answer.
  }

  fromServer(chunk: Buffer): readonly ServerFrame[] {
    let bytes = Buffer.concat([this.#rest, chunk]);
    const frames: ServerFrame[] = [];
    for (let end = bytes.indexOf(lineEnd); end >= 0; end = bytes.indexOf(lineEnd)) {
      const line = bytes.subarray(0, end + 1);
      const { is } = JSON.parse(line.toString('utf8')) as LedgerAnswer;
      frames.push({ bytes: line, sendsAnswered: is === 'applied' ? 1 : 0 });
      bytes = bytes.subarray(end + 1);
    }
    this.#rest = bytes;
    return frames;
  }
}
