import type { ServerFrame, Wire, WireConnection } from '../wire.ts';
import { commandKind, decodeCommand } from './protocol/commands.ts';
import { FrameCutter, readFrame } from './protocol/frames.ts';
import { ProtocolError } from './protocol/protocol-error.ts';

/**
 * The Pulsar binary protocol: every message that is stored has a receipt of its own, also one that was recognised as a
 * copy.
 */
export const wire: Wire = { connection: () => new PulsarWire() };

class PulsarWire implements WireConnection {
  readonly #cutter = new FrameCutter();
  /** What is not made of frames is passed on as it comes. */
  #isOpaque = false;

  fromClient(): void {
    // The receipt alone says all that is to be known.
  }

  fromServer(chunk: Buffer): readonly ServerFrame[] {
    if (this.#isOpaque) return [{ bytes: chunk, sendsAnswered: 0 }];
    try {
      return this.#cutter.push(chunk).map((bytes) => ({ bytes, sendsAnswered: receiptsIn(bytes) }));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#isOpaque = true;
      const bytes = this.#cutter.rest();
      return bytes.length === 0 ? [] : [{ bytes, sendsAnswered: 0 }];
    }
  }
}

function receiptsIn(frame: Buffer): number {
  try {
    const { command } = readFrame(frame);
    if (commandKind(command) !== 'sendReceipt') return 0;
    return decodeCommand(command).kind === 'sendReceipt' ? 1 : 0;
  } catch (error) {
    // A frame that nobody understands answers nothing.
    if (error instanceof ProtocolError) return 0;
    throw error;
  }
}
