import { corrupted } from './delivery/d9-corrupted.ts';
import { duplicateProduce } from './delivery/d4-duplicate-produce.ts';
import { ghost } from './delivery/d8-ghost.ts';
import { lost } from './delivery/d1-lost.ts';
import { lostWithConsumer } from './delivery/d10-lost-with-consumer.ts';
import { phantom } from './delivery/d7-phantom.ts';
import { unjustified } from './delivery/d5-unjustified.ts';
import { unsettledLoss } from './delivery/d12-unsettled-loss.ts';
import { afterAck } from './delivery/d6-after-ack.ts';
import { reordered } from './order/o2-reordered.ts';
import type { CheckModule } from './check.ts';

/** Every check, in the order of the vocabulary. */
export const checkModules: readonly CheckModule[] = [
  ...[lost, duplicateProduce, unjustified, afterAck],
  ...[phantom, ghost, corrupted, lostWithConsumer, unsettledLoss],
  ...[reordered],
];
