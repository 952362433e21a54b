import { logRules } from '../../embedded/rules.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { Dice } from '../../embedded/simulation/dice.ts';
import { SimulatedNode } from '../../embedded/simulation/node.ts';
import { bearsAlso, someFsync, Troubles } from '../../embedded/simulation/troubles.ts';
import type { Mark, Simulation, SimulatedWorld } from '../../simulation.ts';
import { profiles } from '../profiles.ts';
import type { FsyncPolicy } from '../../embedded/journal/journal.ts';
import { TransactionPlay, type TransactionSetting } from './transaction-play.ts';
import { LogPlay } from './log-play.ts';
import {
  clientMarks,
  largestEntryBytes,
  type LogSetting,
  profileNames,
  someBulk,
} from './log-setting.ts';
import { replicatedLog } from './replicated-log.ts';

const never = ['G4', 'D7', 'D9'] as const;
const plainMarks: readonly Mark[] = [
  ...clientMarks,
  'the broker was killed',
  'the machine lost its power',
  'recovery cut off a torn tail',
  'recovery began with a checkpoint',
  'the broker was down more than once',
  'a full disk refused a request',
];

/** The embedded log on one node, as `engines/log` runs it, with everything that may befall it. */
export const simulation: Simulation = {
  marks: [
    ...plainMarks,
    'a transformer died',
    'a transformer stood still in its transaction',
    'a transformer was overtaken before it committed',
    'the end of a transaction was fenced',
  ],
  never,
  rules: logRules,
  onNodes: replicatedLog,
  inBatches: (messages) => {
    const play: Simulation['play'] = (world) => {
      const dice = new Dice(world.random('plan'));
      return new LogPlay(world, dice, onOneNode(world, dice, messages)).play();
    };
    // Transactions have no batches to choose.
    return { marks: plainMarks, never, rules: logRules, play };
  },
  play: (world) => {
    const dice = new Dice(world.random('plan'));
    const isTransactional = new Dice(world.random('kind')).happens(0.3);
    if (isTransactional)
      return new TransactionPlay(world, dice, inTransactions(world, dice)).play();
    return new LogPlay(world, dice, onOneNode(world, dice, someBulk(world))).play();
  },
};

function inTransactions(world: SimulatedWorld, dice: Dice): TransactionSetting {
  const fsync = someFsync(dice);
  const troubles = new Troubles(world);
  const broker = oneNode(world, fsync, troubles, 1);
  return {
    broker,
    title: `transactional, fsync ${fsync.kind}`,
    claimedUnder: bearsAlso(profiles.transactional.claimedUnder, fsync),
    troubles,
    start: () => broker.start(),
    planOutages: () => troubles.outages(broker, dice.oneOf([Api.produce, Api.endTransaction])),
    isWhole: () => broker.isUp,
    remembersProducers: () => !troubles.faults.has('power-loss'),
  };
}

function oneNode(
  world: SimulatedWorld,
  fsync: FsyncPolicy,
  troubles: Troubles,
  bulk: number,
): SimulatedNode {
  return new SimulatedNode(world, {
    kind: 'log',
    fsync,
    rebalanceTimeoutMs: 40,
    maxInFlight: 1000,
    skew: troubles.ofClocks(),
    largestEntryBytes: largestEntryBytes(bulk),
  });
}

function onOneNode(world: SimulatedWorld, dice: Dice, bulk: number): LogSetting {
  // Only there the broker knows its producers, and may forget them.
  const profile = dice.oneOf([...profileNames, 'idempotent', 'idempotent'] as const);
  const fsync = someFsync(dice);
  const troubles = new Troubles(world);
  const broker = oneNode(world, fsync, troubles, bulk);
  return {
    broker,
    profile,
    bulk,
    title: `${profile}, fsync ${fsync.kind}`,
    claimedUnder: bearsAlso(profiles[profile].claimedUnder, fsync),
    troubles,
    startMs: 0,
    start: () => broker.start(),
    planOutages: () => troubles.outages(broker, Api.produce),
    isWhole: () => broker.isUp,
    remembersProducers: () => !troubles.faults.has('power-loss'),
  };
}
