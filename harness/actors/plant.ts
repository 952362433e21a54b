import type { Consumer, ConsumerSink } from '../../engines/engine.ts';
import type { Plant } from '../../scenarios/scenario.ts';
import type { ConsumerActorSpec } from './actor.ts';
import type { PlantedConsumer, PlantSoil } from './plant-layer.ts';
import { RepeatAfterAck } from './plant-repeat.ts';
import { SwallowDelivery } from './plant-swallow.ts';
import { SwapInLane } from './plant-swap.ts';

/** A defect is planted once in so many copies: rare enough to be a needle, frequent enough to be met. */
export const plantOneIn = 200;

/**
 * The engine's consumer, with the defect of a planted control between it and the harness, if any: proof
 * that this very cell, on this very engine, would have shown the anomaly.
 */
export async function plantBetween(
  spec: ConsumerActorSpec,
  soil: Omit<PlantSoil, 'spec'>,
  make: (sink: ConsumerSink) => Promise<Consumer>,
  sink: ConsumerSink,
): Promise<Consumer> {
  if (spec.plant === undefined) return make(sink);
  const planted = plant(spec.plant, { spec, clock: soil.clock, random: soil.random }, sink);
  planted.attach(await make(planted.sink));
  return planted;
}

export function plant(kind: Plant, soil: PlantSoil, sink: ConsumerSink): PlantedConsumer {
  switch (kind) {
    case 'swallow-delivery':
      return new SwallowDelivery(soil, sink, plantOneIn);
    case 'repeat-after-ack':
      return new RepeatAfterAck(soil, sink, plantOneIn);
    case 'swap-in-lane':
      return new SwapInLane(soil, sink, plantOneIn);
  }
}
