import { Api } from '../../embedded/protocol/protocol.ts';
import { replicatedBrokerRules, replicationRules } from '../../embedded/rules.ts';
import { SimulatedCluster } from '../../embedded/simulation/cluster.ts';
import {
  borneByReplicas,
  clusterMarks,
  ClusterTroubles,
} from '../../embedded/simulation/cluster-troubles.ts';
import { Dice } from '../../embedded/simulation/dice.ts';
import { someFsync, Troubles } from '../../embedded/simulation/troubles.ts';
import type { Simulation, SimulatedWorld } from '../../simulation.ts';
import { profiles } from '../profiles.ts';
import { BrokerPlay, type BrokerSetting, clientMarks, type ProfileName } from './broker-play.ts';

const names = [
  'quorum',
  'quorum',
  'quorum',
  'quorum',
  'manual-ack',
  'auto-ack',
] as const satisfies readonly ProfileName[];

/** The embedded broker on several nodes, with everything that may befall them and what lies between them. */
export function replicatedBroker(nodes: number): Simulation {
  return {
    marks: [...clientMarks, ...clusterMarks],
    never: ['D7', 'D9', 'R2', 'R3', 'R4', 'Q3', 'Q4', 'O11', 'V7', 'V8'],
    rules: { ...replicationRules, ...replicatedBrokerRules },
    play: (world) => {
      const dice = new Dice(world.random('plan'));
      return new BrokerPlay(world, dice, onSeveral(world, dice, nodes)).play();
    },
  };
}

function onSeveral(world: SimulatedWorld, dice: Dice, nodes: number): BrokerSetting {
  const profile = dice.oneOf(names);
  const deliveryLimit = profile === 'auto-ack' ? 0 : dice.oneOf([0, 2, 4]);
  const fsync = someFsync(dice);
  const minInSync = Math.min(nodes, dice.oneOf([2, 2, 1]));
  const uncleanElection = dice.happens(0.1);
  const replication = { kind: 'broker', nodes, fsync, minInSync, uncleanElection } as const;
  const troubles = new Troubles(world);
  const broker = new SimulatedCluster(world, {
    ...replication,
    rebalanceTimeoutMs: 1,
    skew: troubles.ofClocks(),
    largestEntryBytes: 1_000,
  });
  const unclean = uncleanElection ? ', unclean election' : '';
  const { level, options } = profiles[profile];
  // At most once forbids no loss, so there the leader's word is good enough.
  const isTaken = level === 'at-least-once' && options.confirms === 'leader';
  return {
    broker,
    profile,
    deliveryLimit,
    title: `fsync ${fsync.kind}, min in-sync ${minInSync}${unclean}`,
    // Otherwise a failover may take what was confirmed, whatever brought it about.
    claimedUnder:
      isTaken || uncleanElection ? ['none', 'client-crash'] : borneByReplicas(fsync, minInSync),
    troubles,
    startMs: 300,
    start: () => broker.start(),
    planOutages: () => new ClusterTroubles(world, broker, fsync, troubles).plan(Api.publish),
    isWhole: () => broker.isSettled,
  };
}
