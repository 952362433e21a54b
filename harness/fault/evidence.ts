import { FaultRow, loadWasOverWhen } from '../record/fault-rows.ts';
import type { FaultRecord } from '../record/schema.ts';
import { type ChurnedConsumers, describeChurn, didChurn } from './churn-evidence.ts';
import { describeCluster, didBiteCluster, type OfCluster } from './of-cluster.ts';
import { describeReadAgain, type ReadAgain, wasReadAgain } from './read-again-evidence.ts';
import { describeReplaced, type ReplacedStalled, wasReplaced } from './stalled-evidence.ts';

/**
 * What a fault left behind that proves it happened. A fault that was ordered but left no evidence did
 * not bite, and its cell is inconclusive: it would have passed without the fault, too.
 */
export type FaultEvidence =
  | ({ readonly kind: 'lose-response' } & LostResponses)
  /** The answers are those to a COMMIT of the system in which jobs have their effects. */
  | ({ readonly kind: 'lose-commit' } & LostResponses)
  | ({ readonly kind: 'cut-connections' } & CutConnections)
  | {
      readonly kind: 'kill-broker';
      readonly pid: number;
      readonly signal: string;
      /** The process was seen to be gone, not only told to go. */
      readonly gone: boolean;
    }
  | {
      readonly kind: 'kill-leader';
      readonly pid: number;
      readonly gone: boolean;
      /** How many followers stood still before, and for how long. */
      readonly followersPaused: number;
      readonly pausedMs: number;
      /** Sends that were answered ok while they did. */
      readonly acknowledgedAlone: number;
      /** Whether anybody could succeed it. */
      readonly replicated: boolean;
      /** Who led afterwards; undefined: nobody did in time. */
      readonly successor: string | undefined;
    }
  | ChurnedConsumers
  | OfCluster
  | {
      readonly kind: 'lose-power';
      readonly pid: number;
      /** As with `kill-broker`. */
      readonly gone: boolean;
      /** What had been written and not synced; a broker that syncs all the time may have had nothing. */
      readonly lostBytes: number;
      /** Undefined where nobody can tell what is unsynced. */
      readonly aim: UnsyncedAim | undefined;
    }
  | {
      readonly kind: 'crash-consumer' | 'crash-producer';
      readonly actor: string;
      readonly terminated: boolean;
    }
  | {
      readonly kind: 'crash-transformer';
      readonly actor: string;
      readonly terminated: boolean;
      /** The last of its steps that it had done; undefined: it came to the one that was asked for not in time. */
      readonly after: string | undefined;
    }
  | ReplacedStalled
  | ReadAgain
  | {
      readonly kind: 'join-consumer';
      readonly actor: string;
      /** How many it had when everything had an owner again. */
      readonly scopes: number;
    }
  | {
      readonly kind: 'change-bindings';
      readonly unbound: number;
      readonly bound: number;
      /** Routes that led elsewhere afterwards, counted at each change. */
      readonly changed: number;
    }
  | {
      readonly kind: 'redrive';
      /** What had been given up, by the deliveries that consumers saw. */
      readonly deadLetters: number;
      /** Of these, what the engine said it moved, and what else it did. */
      readonly moved: number;
      readonly strangers: number;
      /** Of these, what was delivered again. */
      readonly again: number;
    }
  | {
      readonly kind: 'leave-consumer';
      readonly actor: string;
      /** How many it had until then. */
      readonly scopes: number;
      /** It ended in good order, and others have what it had. */
      readonly left: boolean;
    };

export interface LostResponses {
  readonly asked: number;
  /** One for each time the fault fired: the answer that was chosen. */
  readonly responsesSwallowed: number;
  /** Further answers to sends that were lost because they came behind a swallowed one. */
  readonly responsesLostBehind: number;
  /** Sends that all these answers would have acknowledged. */
  readonly sendsAnswered: number;
  /** What had been forwarded to the broker on the connections that were cut. */
  readonly bytesForwarded: number;
  readonly connectionsCut: number;
}

/** A broker that stands still syncs nothing: what it has not synced then is what goes with the power. */
export interface UnsyncedAim {
  /** The last time included. */
  readonly standstills: number;
  /** When it stood still for the last time. */
  readonly unsyncedBytes: number;
}

export interface CutConnections {
  readonly connectionsCut: number;
}

export interface InjectedFault {
  readonly target: string;
  readonly startedNs: number;
  readonly stoppedNs: number;
  /** As in the record: what was unsettled where the fault aimed, `null` when that is not known. */
  readonly inFlight: number | null;
  /** It found nobody any more who had anything to send. */
  readonly loadWasOver?: boolean;
  readonly evidence: FaultEvidence;
}

export function didBite(evidence: FaultEvidence): boolean {
  switch (evidence.kind) {
    case 'lose-response':
    case 'lose-commit':
      return evidence.asked > 0 && evidence.responsesSwallowed >= evidence.asked;
    case 'cut-connections':
      return evidence.connectionsCut > 0;
    case 'kill-broker':
    case 'lose-power':
      return evidence.gone;
    case 'kill-leader': {
      const isSucceeded = !evidence.replicated || evidence.successor !== undefined;
      return evidence.gone && evidence.followersPaused > 0 && isSucceeded;
    }
    case 'churn-consumers':
      return didChurn(evidence);
    case 'join-consumer':
      return evidence.scopes > 0;
    case 'change-bindings':
      return evidence.changed > 0;
    case 'redrive': {
      const { deadLetters, moved, strangers, again } = evidence;
      const isWhole = moved === deadLetters && again === deadLetters && strangers === 0;
      return deadLetters > 0 && isWhole;
    }
    case 'leave-consumer':
      return evidence.left && evidence.scopes > 0;
    case 'replace-stalled':
      return wasReplaced(evidence);
    case 'read-again':
      return wasReadAgain(evidence);
    case 'crash-consumer':
    case 'crash-producer':
      return evidence.terminated;
    case 'crash-transformer':
      return evidence.terminated && evidence.after !== undefined;
    default:
      return didBiteCluster(evidence);
  }
}

export function faultRecord(fault: InjectedFault): FaultRecord {
  const { target, startedNs, stoppedNs, inFlight, loadWasOver = false, evidence } = fault;
  const over = { name: FaultRow.loadWasOver, value: loadWasOverWhen };
  return {
    kind: evidence.kind,
    target,
    startedNs,
    stoppedNs,
    bit: didBite(evidence),
    inFlight,
    evidence: [
      ...describe(evidence).map(([name, value]) => ({ name, value: String(value) })),
      ...(loadWasOver ? [over] : []),
    ],
  };
}

function describe(evidence: FaultEvidence): readonly (readonly [string, string | number])[] {
  switch (evidence.kind) {
    case 'lose-response':
      return [
        ['answers swallowed', `${evidence.responsesSwallowed} of ${evidence.asked}`],
        ['answers lost behind them', evidence.responsesLostBehind],
        ['sends that they answered', evidence.sendsAnswered],
        ['bytes forwarded on the connections', evidence.bytesForwarded],
        ['connections cut', evidence.connectionsCut],
      ];
    case 'lose-commit':
      return [
        ['answers to a COMMIT swallowed', `${evidence.responsesSwallowed} of ${evidence.asked}`],
        ['bytes forwarded on the connections', evidence.bytesForwarded],
        ['connections cut', evidence.connectionsCut],
      ];
    case 'cut-connections':
      return [['connections cut', evidence.connectionsCut]];
    case 'kill-broker':
      return [
        ['process', evidence.pid],
        ['signal', evidence.signal],
        ['process seen gone', yesNo(evidence.gone)],
      ];
    case 'kill-leader':
      return [
        ...goneOf(evidence),
        ['followers that stood still before', evidence.followersPaused],
        ['milliseconds they stood still', Math.round(evidence.pausedMs)],
        ['sends acknowledged meanwhile', evidence.acknowledgedAlone],
        ['leads afterwards', evidence.successor ?? 'nobody'],
      ];
    case 'churn-consumers':
      return describeChurn(evidence);
    case 'lose-power':
      return [...goneOf(evidence), ...lostWithPower(evidence)];
    case 'join-consumer':
      return [['scopes that it got', evidence.scopes]];
    case 'redrive':
      return [
        ['dead letters', evidence.deadLetters],
        ['moved back', evidence.moved],
        ['moved that were none', evidence.strangers],
        ['delivered again', evidence.again],
      ];
    case 'change-bindings':
      return [
        ['bindings removed', evidence.unbound],
        ['bindings added', evidence.bound],
        ['routes that led elsewhere then', evidence.changed],
      ];
    case 'leave-consumer':
      return [
        ['scopes that it had', evidence.scopes],
        ['others have them', yesNo(evidence.left)],
      ];
    case 'replace-stalled':
      return describeReplaced(evidence);
    case 'read-again':
      return describeReadAgain(evidence);
    case 'crash-consumer':
    case 'crash-producer':
      return [terminatedIn(evidence)];
    case 'crash-transformer':
      return [terminatedIn(evidence), ['last step that it had done', evidence.after ?? notInTime]];
    default:
      return describeCluster(evidence);
  }
}

const notInTime = 'it did not come to it in time';

function terminatedIn({
  actor,
  terminated,
}: {
  readonly actor: string;
  readonly terminated: boolean;
}): readonly [string, string] {
  return ['worker terminated', terminated ? actor : 'no'];
}

function lostWithPower({
  aim,
  lostBytes,
}: FaultEvidence & { readonly kind: 'lose-power' }): readonly (readonly [string, number])[] {
  const lost = ['bytes lost that were not synced', lostBytes] as const;
  if (aim === undefined) return [lost];
  return [
    ['times it stood still to be looked at', aim.standstills],
    ['bytes not synced while it stood still', aim.unsyncedBytes],
    lost,
  ];
}

function goneOf({ pid, gone }: { readonly pid: number; readonly gone: boolean }) {
  return [
    ['process', pid],
    ['process seen gone', yesNo(gone)],
  ] as const;
}

function yesNo(is: boolean): string {
  return is ? 'yes' : 'no';
}
