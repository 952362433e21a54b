import type { Delivery } from '../../engines/engine.ts';
import type { MessageHeader } from '../core/message-header.ts';
import { SecondDistribution } from '../measure/second-distribution.ts';
import { SecondSeries } from '../measure/second-series.ts';
import type { ConsumerActorSpec, ConsumerReport } from './actor.ts';
import { CounterSlot } from './counters.ts';
import { ReplyBook } from './reply-book.ts';

/**
 * What a consumer measures: from the intended instant and from the hand-over to the client, both stamped
 * into the message by the producer on the same clock, to the delivery. Copies that the broker marks as
 * redeliveries are left out; warm-up messages count in the series only.
 */
export class ConsumerMeter {
  readonly #response = new SecondDistribution();
  readonly #service = new SecondDistribution();
  readonly #series: SecondSeries;
  #firstDeliverNs = -1;
  #firstDelivered = 0;
  #lastDeliverNs = -1;

  readonly #counters: Float64Array;
  readonly #replies: ReplyBook | undefined;

  /** @param counters layout: `CounterSlot`; there the coordinator sees whether the load is steady, and says which epoch it is */
  constructor(counters: Float64Array, replies?: ConsumerActorSpec['replies']) {
    this.#counters = counters;
    this.#replies = replies && new ReplyBook(replies.knownBy, replies.keys);
    this.#series = new SecondSeries(
      'end-to-end',
      [
        ['end-to-end-response', this.#response],
        ['end-to-end-service', this.#service],
      ],
      () => counters[CounterSlot.epoch] as number,
    );
  }

  delivered(nowNs: number, copies: number): void {
    if (this.#firstDeliverNs < 0) this.#firstDeliverNs = nowNs;
    if (nowNs === this.#firstDeliverNs) this.#firstDelivered += copies;
    this.#lastDeliverNs = nowNs;
    this.#series.delivered(nowNs, copies);
  }

  firstSeen(nowNs: number, header: MessageHeader, copy: Pick<Delivery, 'headers'>): void {
    const responseNs = nowNs - header.intendedNs;
    this.#series.firstDelivered(nowNs);
    (this.#counters[CounterSlot.arrived] as number) += 1;
    (this.#counters[CounterSlot.responseNs] as number) += responseNs;
    this.#response.record(responseNs, header.warmup);
    this.#service.record(nowNs - header.sentNs, header.warmup);
    this.#replies?.received(copy, header);
  }

  finish(cpuMicros: number): ConsumerReport {
    const series = this.#series.finish();
    return {
      role: 'consumer',
      endToEndResponse: this.#response.finish(),
      endToEndService: this.#service.finish(),
      firstDeliverNs: this.#firstDeliverNs,
      firstDelivered: this.#firstDelivered,
      lastDeliverNs: this.#lastDeliverNs,
      cpuMicros,
      series,
      replies: this.#replies?.record(),
    };
  }
}
