import type { FaultDomain } from '../../../harness/core/clauses.ts';
import type { FsyncPolicy } from '../../embedded/journal/journal.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { replicationRules } from '../../embedded/rules.ts';
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
import { LogPlay } from './log-play.ts';
import {
  clientMarks,
  largestEntryBytes,
  type LogSetting,
  type ProfileName,
  profileNames,
  someBulk,
} from './log-setting.ts';

/**
 * The embedded log on several nodes, with everything that may befall them and what lies between them.
 * @param bulk messages that clients have in hand at a time; undefined: by the seed
 */
export function replicatedLog(nodes: number, bulk?: number): Simulation {
  return {
    ...(bulk === undefined && { inBatches: (messages) => replicatedLog(nodes, messages) }),
    marks: [...clientMarks, ...clusterMarks],
    never: ['G4', 'D7', 'D9'],
    rules: replicationRules,
    play: (world) => {
      const dice = new Dice(world.random('plan'));
      return new LogPlay(
        world,
        dice,
        onSeveral(world, dice, nodes, bulk ?? someBulk(world)),
      ).play();
    },
  };
}

interface Replication {
  readonly fsync: FsyncPolicy;
  readonly minInSync: number;
  readonly uncleanElection: boolean;
}

function onSeveral(world: SimulatedWorld, dice: Dice, nodes: number, bulk: number): LogSetting {
  const profile = dice.oneOf(profileNames);
  const replication = {
    fsync: someFsync(dice),
    minInSync: Math.min(nodes, dice.oneOf([2, 2, 1])),
    uncleanElection: dice.happens(0.1),
  };
  const { fsync, minInSync, uncleanElection } = replication;
  const troubles = new Troubles(world);
  const broker = new SimulatedCluster(world, {
    kind: 'log',
    nodes,
    ...replication,
    rebalanceTimeoutMs: 40,
    skew: troubles.ofClocks(),
    largestEntryBytes: largestEntryBytes(bulk),
  });
  const unclean = uncleanElection ? ', unclean election' : '';
  return {
    broker,
    profile,
    bulk,
    title: `${profile}, fsync ${fsync.kind}, min in-sync ${minInSync}${unclean}`,
    claimedUnder: claimedUnder(profile, replication),
    troubles,
    startMs: 300,
    start: () => broker.start(),
    planOutages: () => new ClusterTroubles(world, broker, fsync, troubles).plan(Api.produce),
    isWhole: () => broker.isSettled,
    // Whoever leads next may not have heard of a batch that its leader answered.
    remembersProducers: () => false,
  };
}

/**
 * With `acks=leader` and with unclean election a failover may take what was acknowledged, whatever brought it
 * about.
 */
function claimedUnder(profile: ProfileName, replication: Replication): readonly FaultDomain[] {
  const { fsync, minInSync, uncleanElection } = replication;
  const { acks } = profiles[profile].options;
  if (acks === 'leader' || (acks === 'all' && uncleanElection)) return ['none', 'client-crash'];
  return borneByReplicas(fsync, minInSync);
}
