import {
  describeKilled,
  describePaused,
  describeRestarted,
  type KilledAll,
  type PausedLeader,
  type RestartedEach,
  stoodStill,
  wereKilled,
  wereRestarted,
} from './cluster-evidence.ts';
import {
  describeKilledCoordinator,
  type KilledCoordinator,
  wasSucceeded,
} from './coordinator-evidence.ts';
import {
  describeKilledController,
  type KilledController,
  wasReplacedAsController,
} from './controller-evidence.ts';
import { describeDrained, type DrainedLeader, wasDrained } from './drained-evidence.ts';
import { describeIsolated, type IsolatedLeader, wasIsolated } from './isolated-evidence.ts';
import {
  describeStall,
  describeStrike,
  didStall,
  type StalledFollowers,
  type StruckLoneLeader,
  wasStruckAlone,
} from './lone-leader-evidence.ts';

/** Of faults that several nodes of a target have to do with. */
export type OfCluster =
  | StalledFollowers
  | StruckLoneLeader
  | KilledAll
  | KilledController
  | KilledCoordinator
  | PausedLeader
  | IsolatedLeader
  | DrainedLeader
  | RestartedEach;

export function didBiteCluster(evidence: OfCluster): boolean {
  switch (evidence.kind) {
    case 'stall-followers':
      return didStall(evidence);
    case 'strike-lone-leader':
      return wasStruckAlone(evidence);
    case 'kill-all':
      return wereKilled(evidence);
    case 'kill-controller':
      return wasReplacedAsController(evidence);
    case 'kill-coordinator':
      return wasSucceeded(evidence);
    case 'pause-leader':
      return stoodStill(evidence);
    case 'isolate-leader':
      return wasIsolated(evidence);
    case 'drain-leader':
      return wasDrained(evidence);
    case 'restart-each':
      return wereRestarted(evidence);
  }
}

export function describeCluster(
  evidence: OfCluster,
): readonly (readonly [name: string, value: string | number])[] {
  switch (evidence.kind) {
    case 'stall-followers':
      return describeStall(evidence);
    case 'strike-lone-leader':
      return describeStrike(evidence);
    case 'kill-all':
      return describeKilled(evidence);
    case 'kill-controller':
      return describeKilledController(evidence);
    case 'kill-coordinator':
      return describeKilledCoordinator(evidence);
    case 'pause-leader':
      return describePaused(evidence);
    case 'isolate-leader':
      return describeIsolated(evidence);
    case 'drain-leader':
      return describeDrained(evidence);
    case 'restart-each':
      return describeRestarted(evidence);
  }
}
