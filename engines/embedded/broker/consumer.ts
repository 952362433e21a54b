import type { Copy } from './copy.ts';

export interface ConsumerSpec {
  readonly queue: number;
  /** `automatic`: a copy is settled when it is handed out. */
  readonly acknowledge: 'manual' | 'automatic';
  /** Most copies handed out and not settled; without a meaning where none is settled. */
  readonly prefetch: number;
  /** Alone on the queue, or not at all. */
  readonly exclusive: boolean;
}

/** A copy on its way to a consumer, under the tag by which it will be settled. */
export interface Handed {
  readonly tag: number;
  readonly copy: Copy;
  /** 1 when it was never handed out before. */
  readonly attempt: number;
}

export interface ConsumerListener {
  deliver(handed: readonly Handed[]): void;
  /** The queue is gone; nothing comes any more. */
  cancelled(): void;
}

/** One subscription of one connection. Its tags are its own, count from 1 and are good for one delivery. */
export class Consumer {
  readonly id: number;
  readonly session: number;
  readonly spec: ConsumerSpec;
  readonly listener: ConsumerListener;
  readonly #unsettled = new Map<number, Copy>();
  #credit = 0;
  #nextTag = 1;
  #ended = false;

  constructor(id: number, session: number, spec: ConsumerSpec, listener: ConsumerListener) {
    this.id = id;
    this.session = session;
    this.spec = spec;
    this.listener = listener;
  }

  get isOpen(): boolean {
    return !this.#ended;
  }

  get unsettled(): number {
    return this.#unsettled.size;
  }

  /** How many copies it may be handed now. */
  get room(): number {
    if (this.spec.acknowledge === 'automatic') return this.#credit;
    return Math.min(this.#credit, this.spec.prefetch - this.#unsettled.size);
  }

  /** It asks for so many copies more. Credit adds up. */
  grant(credit: number): void {
    this.#credit += credit;
  }

  hand(copy: Copy): Handed {
    const tag = this.#nextTag;
    this.#nextTag += 1;
    this.#credit -= 1;
    if (this.spec.acknowledge === 'manual') this.#unsettled.set(tag, copy);
    return { tag, copy, attempt: copy.deliveries + 1 };
  }

  /** As if it had not been handed. */
  takeBack({ tag }: Handed): void {
    this.#credit += 1;
    this.#unsettled.delete(tag);
  }

  /** The copy that it holds under the tag. */
  held(tag: number): Copy | undefined {
    return this.#unsettled.get(tag);
  }

  settled(tag: number): void {
    this.#unsettled.delete(tag);
  }

  /** @returns what it held, oldest tag first */
  end(): readonly Copy[] {
    this.#ended = true;
    const held = [...this.#unsettled.values()];
    this.#unsettled.clear();
    return held;
  }
}
