import type { CheckModule } from '../check.ts';
import { corrupted } from './d9-corrupted.ts';
import { duplicateProduce } from './d4-duplicate-produce.ts';
import { ghost } from './d8-ghost.ts';
import { lost } from './d1-lost.ts';
import { lostWithConsumer } from './d10-lost-with-consumer.ts';
import { phantom } from './d7-phantom.ts';
import { unjustified } from './d5-unjustified.ts';
import { unsettledLoss } from './d12-unsettled-loss.ts';
import { afterAck } from './d6-after-ack.ts';

export const deliveryChecks: readonly CheckModule[] = [
  lost,
  duplicateProduce,
  unjustified,
  afterAck,
  phantom,
  ghost,
  corrupted,
  lostWithConsumer,
  unsettledLoss,
];
