import type { ServerFrame, Wire, WireConnection } from '../../../engines/wire.ts';

/**
 * Messages of a PostgreSQL server: a byte that says what it is, and the length of the rest with itself
 * (https://www.postgresql.org/docs/18/protocol-message-formats.html). One answers a COMMIT when it is the CommandComplete
 * with that tag; a transaction that could not be committed has the tag ROLLBACK.
 */
export const wire: Wire = { connection: () => new PostgresWire() };

const commandComplete = 'C'.charCodeAt(0);
const commit = Buffer.from('COMMIT\0');
const headBytes = 5;

class PostgresWire implements WireConnection {
  #rest = Buffer.alloc(0);

  fromClient(): void {
    // Answers say what they answer.
  }

  fromServer(chunk: Buffer): readonly ServerFrame[] {
    let bytes = Buffer.concat([this.#rest, chunk]);
    const frames: ServerFrame[] = [];
    while (bytes.length >= headBytes) {
      const length = 1 + bytes.readUInt32BE(1);
      if (bytes.length < length) break;
      const frame = bytes.subarray(0, length);
      const isCommit = frame[0] === commandComplete && frame.subarray(headBytes).equals(commit);
      frames.push({ bytes: frame, sendsAnswered: isCommit ? 1 : 0 });
      bytes = bytes.subarray(length);
    }
    this.#rest = bytes;
    return frames;
  }
}
