import type { Channel, ConsumeMessage } from 'amqplib';
import { largestPrefetch } from './traits.ts';

/** What the consumer holds and wants at an instant. */
export interface Demand {
  /** Messages asked for and not yet delivered. */
  readonly permits: number;
  /** Messages received but beyond the permits. */
  readonly buffered: number;
  /** Delivered and not settled. */
  readonly unsettled: number;
}

/** Without acknowledgements nothing but a cancelled subscription stops the broker from sending. */
const bufferedMost = 8_192;

type Step =
  | { readonly do: 'subscribe'; readonly prefetch: number }
  | { readonly do: 'unsubscribe' }
  | { readonly do: 'nothing' };

/**
 * Keeps one `basic.consume` going as the demand requires. Manual acknowledgement: the prefetch covers
 * everything asked for and unsettled; it can only be changed by subscribing again. Automatic: the broker
 * ignores a prefetch, so the subscription is given up while too much lies in the buffer.
 */
export class SubscriptionFlow {
  readonly #channel: Channel;
  readonly #queue: string;
  readonly #automatic: boolean;
  readonly #demand: () => Demand;
  readonly #onMessage: (message: ConsumeMessage | null) => void;
  readonly #onFailure: (error: unknown) => void;
  #tag: string | undefined;
  #prefetch = 0;
  #ended = false;
  #working: Promise<void> | undefined;

  constructor(
    channel: Channel,
    queue: string,
    automatic: boolean,
    demand: () => Demand,
    onMessage: (message: ConsumeMessage | null) => void,
    onFailure: (error: unknown) => void,
  ) {
    this.#channel = channel;
    this.#queue = queue;
    this.#automatic = automatic;
    this.#demand = demand;
    this.#onMessage = onMessage;
    this.#onFailure = onFailure;
  }

  /**
   * Without acknowledgements the broker sends from the first moment, whether or not anybody asked; rejects
   * when it refuses.
   */
  async open(): Promise<void> {
    if (!this.#automatic) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
    });
    await this.#working;
  }

  /** Cheap when nothing has to change. */
  adjust(): void {
    if (this.#working !== undefined || this.#ended || this.#next().do === 'nothing') return;
    this.#working = this.#work()
      .catch(this.#onFailure)
      .finally(() => {
        this.#working = undefined;
        this.adjust();
      });
  }

  /** After it the broker sends nothing more. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#working;
    await this.#unsubscribe();
  }

  /** The channel is gone: there is nothing to give up. */
  abandon(): void {
    this.#ended = true;
    this.#tag = undefined;
  }

  async #work(): Promise<void> {
    while (!this.#ended) {
      const step = this.#next();
      if (step.do === 'nothing') return;
      await this.#unsubscribe();
      if (step.do === 'subscribe' && !this.#ended) await this.#subscribe(step.prefetch);
    }
  }

  #next(): Step {
    const { permits, buffered, unsettled } = this.#demand();
    if (this.#automatic) {
      if (this.#tag === undefined) {
        const room = buffered <= bufferedMost / 2;
        return room ? { do: 'subscribe', prefetch: 0 } : { do: 'nothing' };
      }
      return { do: buffered > bufferedMost ? 'unsubscribe' : 'nothing' };
    }
    const needed = Math.min(largestPrefetch, permits + unsettled);
    if (permits === 0 || needed <= this.#prefetch) return { do: 'nothing' };
    // A harness that asks ahead step by step must not make us subscribe at every step.
    const headroom = this.#prefetch === 0 ? needed : Math.max(needed, this.#prefetch * 2);
    return { do: 'subscribe', prefetch: Math.min(largestPrefetch, headroom) };
  }

  async #subscribe(prefetch: number): Promise<void> {
    if (!this.#automatic) await this.#channel.prefetch(prefetch);
    const { consumerTag } = await this.#channel.consume(this.#queue, this.#onMessage, {
      noAck: this.#automatic,
    });
    this.#prefetch = prefetch;
    this.#tag = consumerTag;
  }

  async #unsubscribe(): Promise<void> {
    const tag = this.#tag;
    if (tag === undefined) return;
    this.#tag = undefined;
    await this.#channel.cancel(tag);
  }
}
