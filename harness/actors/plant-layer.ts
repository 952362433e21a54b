import type { Consumer, ConsumerSink, Delivery } from '../../engines/engine.ts';
import type { Clock } from '../core/clock.ts';
import type { Random } from '../core/random.ts';
import type { ConsumerActorSpec } from './actor.ts';

export interface PlantSoil {
  readonly spec: Pick<ConsumerActorSpec, 'consumption' | 'ackReply' | 'prefetch'>;
  readonly clock: Clock;
  readonly random: Random;
}

/** What stands between engine and harness: a consumer to the one, a sink to the other. */
export interface PlantedConsumer extends Consumer {
  readonly sink: ConsumerSink;
  attach(inner: Consumer): void;
}

/** Every `oneIn`-th, beginning at a seeded place in the first half, so that short loads meet one too. */
export class Picker {
  readonly #oneIn: number;
  #left: number;

  constructor(oneIn: number, random: Random) {
    this.#oneIn = oneIn;
    this.#left = random.below(Math.ceil(oneIn / 2));
  }

  /** @returns whether this one is picked; it stays picked until `taken` */
  picks(): boolean {
    if (this.#left > 0) {
      this.#left -= 1;
      return false;
    }
    return true;
  }

  taken(): void {
    this.#left = this.#oneIn - 1;
  }
}

/** Passes everything on unchanged; a plant overrides what it spoils. */
export class PassThrough implements PlantedConsumer {
  readonly sink: ConsumerSink;
  protected readonly soil: PlantSoil;
  protected readonly outer: ConsumerSink;
  protected readonly picker: Picker;
  #inner: Consumer | undefined;
  readonly fence?: () => Promise<void>;

  constructor(soil: PlantSoil, outer: ConsumerSink, oneIn: number) {
    this.soil = soil;
    this.outer = outer;
    this.picker = new Picker(oneIn, soil.random);
    if (soil.spec.ackReply === 'fence') this.fence = () => this.fenced();
    this.sink = {
      deliver: (batch) => this.fromEngine(batch),
      settled: (ticket, index, outcome, code) => this.settledByEngine(ticket, index, outcome, code),
      assigned: (scopes, generation) => outer.assigned(scopes, generation),
      revoking: (scopes) => outer.revoking(scopes),
      lost: (scopes) => outer.lost(scopes),
      scopeEnded: (scope, children) => outer.scopeEnded(scope, children),
      disconnected: (error) => {
        this.gone();
        outer.disconnected(error);
      },
    };
  }

  attach(inner: Consumer): void {
    this.#inner = inner;
  }

  request(permits: number): void {
    this.#inner?.request(permits);
  }

  settle(...settlement: Parameters<Consumer['settle']>): void {
    this.#inner?.settle(...settlement);
  }

  async close(): Promise<void> {
    this.gone();
    await this.#inner?.close();
  }

  protected fromEngine(batch: readonly Delivery[]): void {
    this.outer.deliver(batch);
  }

  protected settledByEngine(...reply: Parameters<ConsumerSink['settled']>): void {
    this.outer.settled(...reply);
  }

  protected async fenced(): Promise<void> {
    await this.#inner?.fence?.();
  }

  /** The engine's consumer is closing or lost; timers end here. */
  protected gone(): void {}
}
