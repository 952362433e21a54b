import type { CheckModule } from '../check.ts';
import { corrupted } from './d9-corrupted.ts';
import { divergent } from './d2-divergent.ts';
import { duplicateProduce } from './d4-duplicate-produce.ts';
import { ghost } from './d8-ghost.ts';
import { lost } from './d1-lost.ts';
import { lostWithConsumer } from './d10-lost-with-consumer.ts';
import { phantom } from './d7-phantom.ts';
import { resurrected } from './d11-resurrected.ts';
import { unjustified } from './d5-unjustified.ts';
import { unsettledLoss } from './d12-unsettled-loss.ts';
import { vanished } from './d3-vanished.ts';
import { afterAck } from './d6-after-ack.ts';

export const deliveryChecks: readonly CheckModule[] = [
  lost,
  divergent,
  vanished,
  duplicateProduce,
  unjustified,
  afterAck,
  phantom,
  ghost,
  corrupted,
  lostWithConsumer,
  resurrected,
  unsettledLoss,
];
