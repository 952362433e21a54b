import type { WarmUp } from '../../scenarios/load.ts';
import { SecondDistribution } from '../measure/second-distribution.ts';
import { SecondSeries } from '../measure/second-series.ts';
import type { GeneratorDelay } from './generator-delay.ts';
import type { ProducerReport } from './actor.ts';
import { CounterSlot } from './counters.ts';
import { CpuSpent } from './cpu-spent.ts';
import type { RoleContext } from './role.ts';

/**
 * What a producer measures. Response counts from the instant of the timetable, service from the hand-over
 * to the client. The difference is split: client-blocked, while the client held the thread or had said
 * that it takes no more, and lateness, which is the generator's own fault. Linger is neither: it is
 * configured. Warm-up messages count in the series only.
 */
export class ProducerMeter {
  readonly #response = new SecondDistribution();
  readonly #service = new SecondDistribution();
  readonly #delay = new SecondDistribution();
  readonly #lateness = new SecondDistribution();
  readonly #blocked = new SecondDistribution();
  readonly #series: SecondSeries;
  readonly #counters: Float64Array;
  readonly #cpu: CpuSpent;
  #warmup: number;
  #dropped = 0;
  #droppedMeasured = 0;
  #firstSendNs = -1;
  #firstSent = 0;
  #lastSendNs = -1;

  /**
   * @param warmup how many messages of the schedule are left out of the figures
   * @param counters layout: `CounterSlot`; there the coordinator says which epoch it is
   */
  constructor(
    warmup: WarmUp,
    { counters, cpuMicros }: Pick<RoleContext, 'counters' | 'cpuMicros'>,
  ) {
    this.#cpu = new CpuSpent(cpuMicros);
    this.#counters = counters;
    this.#warmup = warmup === 'until-steady' ? Number.POSITIVE_INFINITY : warmup;
    this.#series = new SecondSeries(
      'publish',
      [
        ['publish-response', this.#response],
        ['publish-service', this.#service],
        ['send-delay', this.#delay],
        ['lateness', this.#lateness],
        ['client-blocked', this.#blocked],
      ],
      () => counters[CounterSlot.epoch] as number,
    );
  }

  /** The load begins. */
  start(): void {
    this.#cpu.start();
  }

  isWarmup(index: number): boolean {
    return index < this.#warmup;
  }

  /** The load is steady from this message on; a warm-up of so many messages is not changed. */
  measureFrom(index: number): void {
    if (this.#warmup === Number.POSITIVE_INFINITY) this.#warmup = index;
  }

  throttled(sends: number): void {
    (this.#counters[CounterSlot.throttled] as number) += sends;
  }

  batchSent(sentNs: number, messages: number): void {
    if (this.#firstSendNs < 0) this.#firstSendNs = sentNs;
    if (sentNs === this.#firstSendNs) this.#firstSent += messages;
    this.#lastSendNs = sentNs;
    this.#series.sent(sentNs, messages);
  }

  resent(sentNs: number, messages: number): void {
    this.#series.resent(sentNs, messages);
  }

  /**
   * @param plannedNs when the batch of the message should have left
   * @param delay what of the time since then is the generator's
   */
  waited(
    index: number,
    intendedNs: number,
    plannedNs: number,
    delay: Pick<GeneratorDelay, 'since'>,
    sentNs: number,
  ): void {
    const isWarmup = index < this.#warmup;
    if (!isWarmup) this.#cpu.warm();
    this.#series.at(sentNs);
    this.#delay.record(sentNs - intendedNs, isWarmup);
    // Without linger the plan of a message is its own instant.
    const dueNs = plannedNs > intendedNs ? plannedNs : intendedNs;
    const lateNs = delay.since(dueNs);
    this.#blocked.record(sentNs - dueNs - lateNs, isWarmup);
    this.#lateness.record(lateNs, isWarmup);
  }

  acknowledged(index: number, nowNs: number, intendedNs: number, sentNs: number): void {
    const isWarmup = index < this.#warmup;
    this.#series.acknowledged(nowNs);
    this.#response.record(nowNs - intendedNs, isWarmup);
    this.#service.record(nowNs - sentNs, isWarmup);
  }

  unacknowledged(nowNs: number, outcome: 'fail' | 'unknown'): void {
    this.#series.unacknowledged(nowNs, outcome);
  }

  /** A drop counts as an endless response, so that leaving work out never improves a quantile. */
  dropped(index: number, messages: number): void {
    this.#dropped += messages;
    const measured = Math.min(messages, Math.max(0, index + messages - this.#warmup));
    this.#droppedMeasured += measured;
    this.#response.recordEndless(measured);
  }

  finish(pacingNs: number): ProducerReport {
    const series = this.#series.finish();
    this.#delay.finish();
    return {
      role: 'producer',
      publishResponse: this.#response.finish(),
      publishService: this.#service.finish(),
      lateness: this.#lateness.finish(),
      clientBlocked: this.#blocked.finish(),
      dropped: this.#dropped,
      droppedMeasured: this.#droppedMeasured,
      firstSendNs: this.#firstSendNs,
      firstSent: this.#firstSent,
      lastSendNs: this.#lastSendNs,
      ...this.#cpu.finish(),
      pacingNs,
      series,
    };
  }
}
