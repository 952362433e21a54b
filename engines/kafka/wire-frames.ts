/** Longer than any request or response a broker accepts or sends; anything else is no Kafka frame. */
const longestFrame = 256 * 1024 * 1024;
const lengthBytes = 4;
const nothing = Buffer.alloc(0);

/**
 * Cuts a stream into length-prefixed frames, whatever its chunks look like. Frames that `keep` does not
 * want, or that are shorter than `headBytes`, are skipped without being held; `keep` sees at least the
 * first `headBytes`. A stream that is not made of frames (TLS) is handed on as it comes.
 */
export class FrameCutter {
  readonly #keep: (head: Buffer) => boolean;
  readonly #headBytes: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #frameBytes: number | undefined;
  #kept = false;
  #skipBytes = 0;
  #opaque = false;

  constructor(keep: (head: Buffer) => boolean, headBytes: number) {
    this.#keep = keep;
    this.#headBytes = Math.max(headBytes, lengthBytes);
  }

  push(chunk: Buffer): readonly Buffer[] {
    const frames: Buffer[] = [];
    let rest = chunk;
    for (;;) {
      if (this.#opaque) {
        if (rest.length > 0) frames.push(rest);
        return frames;
      }
      if (this.#skipBytes > 0) {
        const skipped = Math.min(rest.length, this.#skipBytes);
        this.#skipBytes -= skipped;
        rest = rest.subarray(skipped);
      }
      const missing = this.#wanted() - this.#heldBytes;
      this.#hold(rest.subarray(0, missing));
      if (rest.length < missing || this.#skipBytes > 0) return frames;
      rest = rest.subarray(missing);
      this.#advance(frames);
    }
  }

  /** How many bytes of the frame decide what happens next. */
  #wanted(): number {
    if (this.#frameBytes === undefined) return lengthBytes;
    return this.#kept ? this.#frameBytes : Math.min(this.#headBytes, this.#frameBytes);
  }

  #advance(frames: Buffer[]): void {
    const held = this.#joined();
    if (this.#frameBytes === undefined) {
      const total = held.readInt32BE(0) + lengthBytes;
      if (total >= lengthBytes && total <= longestFrame) {
        this.#frameBytes = total;
        return;
      }
      this.#opaque = true;
      frames.push(held);
      this.#reset();
    } else if (this.#kept) {
      frames.push(held);
      this.#reset();
    } else if (this.#frameBytes >= this.#headBytes && this.#keep(held)) {
      this.#kept = true;
    } else {
      this.#skipBytes = this.#frameBytes - held.length;
      this.#reset();
    }
  }

  #hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  #joined(): Buffer {
    if (this.#held.length > 1) this.#held = [Buffer.concat(this.#held, this.#heldBytes)];
    return this.#held[0] ?? nothing;
  }

  #reset(): void {
    this.#held = [];
    this.#heldBytes = 0;
    this.#frameBytes = undefined;
    this.#kept = false;
  }
}
