import { allNodesCrash } from './all-nodes-crash.ts';
import { belowMinInSync } from './below-min-in-sync.ts';
import { backlog } from './backlog.ts';
import { brokerCrash } from './broker-crash.ts';
import { consumerChurn } from './consumer-churn.ts';
import { consumerCrash } from './consumer-crash.ts';
import { controllerCrash } from './controller-crash.ts';
import { coordinatorCrash } from './coordinator-crash.ts';
import { drainNode } from './drain-node.ts';
import { fanOut } from './fan-out.ts';
import { fintech, fintechShort } from './fintech/exercise.ts';
import { leaderCrash } from './leader-crash.ts';
import { leaderPause } from './leader-pause.ts';
import { loneLeaderCrash } from './lone-leader-crash.ts';
import { loneLeaderPowerLoss } from './lone-leader-power-loss.ts';
import { lostResponse } from './lost-response.ts';
import { nodePartition } from './node-partition.ts';
import { overload } from './overload.ts';
import { poisonMessage } from './poison-message.ts';
import { powerLoss } from './power-loss.ts';
import { producerCrash } from './producer-crash.ts';
import { rebalance } from './rebalance.ts';
import { redrive } from './redrive.ts';
import { rollingRestart } from './rolling-restart.ts';
import { routingChange } from './routing-change.ts';
import { saturation } from './saturation.ts';
import type { Scenario } from './scenario.ts';
import {
  drainByFour,
  drainByFourOfFour,
  drainByOne,
  drainByTwo,
  drainInOneOrder,
} from './textbook/drains.ts';
import { hotKey } from './textbook/hot-key.ts';
import { readAfter, readBefore } from './textbook/later-readers.ts';
import { morePartitions, samePartitions } from './textbook/more-partitions.ts';
import { readNewest } from './textbook/newest-of-keys.ts';
import { oneByOne, onePartition } from './textbook/one-partition.ts';
import { overCallQuota, overQuota } from './textbook/over-quota.ts';
import { overrun } from './textbook/overrun.ts';
import { requestReply, roundTrips } from './textbook/request-reply.ts';
import { windowed, windowless } from './textbook/windows.ts';
import { steady } from './steady.ts';
import { steadyTransform } from './steady-transform.ts';
import { transform } from './transform.ts';
import { transformEffect } from './transform-effect.ts';
import { transformLostCommit } from './transform-lost-commit.ts';
import { transformLostResponse } from './transform-lost-response.ts';
import { zombieProducer } from './zombie-producer.ts';

/** Every scenario, in the order of a run. Each is here because a recorded run showed its fault biting. */
export const scenarios: readonly Scenario[] = [
  steady,
  steadyTransform,
  backlog,
  saturation,
  drainByOne,
  drainByTwo,
  drainByFour,
  drainByFourOfFour,
  drainInOneOrder,
  readAfter,
  readBefore,
  readNewest,
  windowed,
  windowless,
  hotKey,
  samePartitions,
  morePartitions,
  requestReply,
  roundTrips,
  onePartition,
  oneByOne,
  overQuota,
  overCallQuota,
  consumerCrash,
  consumerChurn,
  fanOut,
  rebalance,
  producerCrash,
  brokerCrash,
  leaderCrash,
  coordinatorCrash,
  controllerCrash,
  leaderPause,
  nodePartition,
  drainNode,
  rollingRestart,
  allNodesCrash,
  belowMinInSync,
  loneLeaderCrash,
  loneLeaderPowerLoss,
  powerLoss,
  lostResponse,
  transform,
  transformEffect,
  transformLostCommit,
  transformLostResponse,
  zombieProducer,
  fintech,
  fintechShort,
  poisonMessage,
  redrive,
  routingChange,
  overload,
  overrun,
];
