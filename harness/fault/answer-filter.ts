import type { ServerFrame, WireConnection } from '../../engines/wire.ts';
import { invariant } from '../core/errors.ts';

/** What to do with a chunk from the server. */
export type Passage =
  | { readonly pass: readonly Buffer[] }
  /** Pass these bytes, then cut: the answer behind them is swallowed, and all that follow it. */
  | { readonly pass: readonly Buffer[]; readonly swallowed: readonly ServerFrame[] };

/**
 * Follows the frames of one connection's server side. While no fault is due, bytes go on as they come,
 * also the first part of a frame; while one is due, a frame goes on when it is known not to be an answer
 * to a send. The bytes that wait for that are kept here, so that they go on if the wire module fails.
 */
export class AnswerFilter {
  readonly #wire: WireConnection;
  /** Bytes of the unfinished frame that have come, and how many of them have gone on already. */
  #unfinished = 0;
  #gone = 0;
  #held: Buffer[] = [];

  constructor(wire: WireConnection) {
    this.#wire = wire;
  }

  /** Throws what the wire module throws; `release` then has every byte that has not gone on. */
  take(chunk: Buffer, faultIsDue: boolean): Passage {
    this.#held.push(chunk);
    const frames = this.#wire.fromServer(chunk);
    const finished = frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
    this.#unfinished += chunk.length - finished;
    invariant(this.#unfinished >= 0, 'the wire module returned more bytes than had come');
    const swallowFrom = faultIsDue ? frames.findIndex((frame) => frame.sendsAnswered > 0) : -1;
    if (swallowFrom >= 0) {
      const pass = this.#unsent(frames.slice(0, swallowFrom));
      this.#held = [];
      return { pass, swallowed: frames.slice(swallowFrom) };
    }
    if (!faultIsDue) {
      this.#gone = this.#unfinished;
      return { pass: this.release() };
    }
    if (frames.length === 0) return { pass: [] };
    const pass = this.#unsent(frames);
    this.#gone = 0;
    this.#held = this.#unfinished === 0 ? [] : [chunk.subarray(chunk.length - this.#unfinished)];
    return { pass };
  }

  /** Gives up what is held, in order: at the end of the stream or of the filtering. */
  release(): readonly Buffer[] {
    const held = this.#held;
    this.#held = [];
    return held;
  }

  #unsent(frames: readonly ServerFrame[]): Buffer[] {
    return frames.map(({ bytes }, index) => (index === 0 ? bytes.subarray(this.#gone) : bytes));
  }
}
