import { brokerRules } from '../../embedded/rules.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { Dice } from '../../embedded/simulation/dice.ts';
import { SimulatedNode } from '../../embedded/simulation/node.ts';
import { bearsAlso, someFsync, Troubles } from '../../embedded/simulation/troubles.ts';
import type { Simulation, SimulatedWorld } from '../../simulation.ts';
import { profiles } from '../profiles.ts';
import { BrokerPlay, type BrokerSetting, clientMarks, type ProfileName } from './broker-play.ts';
import { replicatedBroker } from './replicated-broker.ts';

const names = [
  'auto-ack',
  'manual-ack',
  'manual-ack',
  'transient',
] as const satisfies readonly ProfileName[];

/** The embedded broker on one node, with queues that get different parts of what is published. */
export const simulation: Simulation = {
  marks: [
    ...clientMarks,
    'the broker was killed',
    'the machine lost its power',
    'recovery cut off a torn tail',
    'recovery began with a checkpoint',
    'the broker was down more than once',
    'a full disk refused a request',
  ],
  never: ['D7', 'D9', 'R2', 'R3', 'R4', 'Q3', 'Q4', 'O11', 'V7', 'V8'],
  rules: brokerRules,
  onNodes: replicatedBroker,
  play: (world) => {
    const dice = new Dice(world.random('plan'));
    return new BrokerPlay(world, dice, onOneNode(world, dice)).play();
  },
};

function onOneNode(world: SimulatedWorld, dice: Dice): BrokerSetting {
  const troubles = new Troubles(world);
  const profile = dice.oneOf(names);
  const deliveryLimit = profile === 'manual-ack' ? dice.oneOf([0, 2, 4]) : 0;
  // Twice as often, because only there a power loss shows an answer that came too early.
  const fsync = dice.happens(0.5) ? ({ kind: 'every-batch' } as const) : someFsync(dice);
  const broker = new SimulatedNode(world, {
    kind: 'broker',
    fsync,
    rebalanceTimeoutMs: 1,
    maxInFlight: 1000,
    skew: troubles.ofClocks(),
    largestEntryBytes: 1_000,
  });
  return {
    broker,
    profile,
    deliveryLimit,
    title: `fsync ${fsync.kind}`,
    claimedUnder: bearsAlso(profiles[profile].claimedUnder, fsync),
    troubles,
    startMs: 0,
    start: () => broker.start(),
    planOutages: () => troubles.outages(broker, Api.publish),
    isWhole: () => broker.isUp,
  };
}
