import type {
  Capability,
  Consumption,
  Edition,
  Family,
  Limit,
  OutsideEffects,
  Traits,
  Transform,
} from '../../engines/engine.ts';
import type { Collected, Replies, Spread, Undecodable } from '../../engines/profile.ts';
import type { Plant, Scenario } from '../../scenarios/scenario.ts';
import type { CheckId } from '../core/anomalies.ts';
import type { Level, PromiseSet } from '../core/clauses.ts';
import type { DatedDeviation } from '../core/deviations.ts';

/**
 * One profile × one scenario × one round, completely resolved: plain data that could be run on another
 * machine. Nothing is decided after this but what depends on the version that is found.
 */
export interface Cell {
  readonly id: string;
  readonly index: number;
  readonly engine: PlannedEngine;
  readonly profile: PlannedProfile;
  readonly traits: PlannedTraits;
  readonly scenario: Scenario;
  readonly round: number;
  readonly seed: number;
  /** Of instants, keys, sizes and work: the same for all profiles of a scenario's round. */
  readonly loadSeed: number;
  readonly control: PlannedControl;
  /** The profile claims its clauses under the scenario's fault; never true for a control. */
  readonly claimed: boolean;
  /** From the profile and from the suite, those that apply here on the day of the run. */
  readonly deviations: readonly DatedDeviation[];
  readonly support:
    | { readonly is: 'supported' }
    | { readonly is: 'unsupported'; readonly reason: string };
  readonly replay: string;
}

export interface PlannedEngine {
  readonly id: string;
  readonly family: Family;
  /** URL of the engine module, loaded again inside every actor. */
  readonly module: string;
  readonly target: TargetChoice;
  /** What a target that is started here is set up with. */
  readonly settings: Readonly<Record<string, string>>;
  /** Conformance cells on two of its targets may share the machine. */
  readonly isLight: boolean;
}

export type TargetChoice =
  | {
      readonly kind: 'started';
      readonly provisioner: string;
      readonly nodes: number;
      /** Present where each node is in a network of its own. */
      readonly networks?: 'own';
      /** Processes that elect leaders beside the nodes; one where nothing is said. */
      readonly controllers?: number;
    }
  | { readonly kind: 'external'; readonly url: string };

export interface PlannedProfile {
  readonly name: string;
  readonly level: Level;
  readonly promises: readonly PromiseSet[];
  readonly waived: readonly { readonly clause: string; readonly because: string }[];
  readonly consumption: Consumption;
  readonly transform: Transform | 'without-transactions';
  readonly outsideEffects: OutsideEffects | 'each-time';
  readonly undecodable: Undecodable | 'set-aside';
  readonly collected: Collected | 'written-before-committed';
  readonly spread: Spread | 'by-key';
  readonly replies: Replies | 'by-correlation-id';
  readonly source: string;
  /** What it promises instead from a version on, which is found when the cell is run. */
  readonly editions: readonly Edition[];
  readonly options: unknown;
}

/** What of the traits the harness acts on, without a set, so that it survives JSON. */
export interface PlannedTraits {
  readonly capabilities: readonly Capability[];
  readonly ackReply: 'each' | 'fence' | 'none';
  readonly sendReply: 'none' | 'each';
  readonly retriedBy: 'nobody' | 'harness' | 'client';
  readonly sendLimit: Limit;
  readonly settleLimit: Limit;
  readonly receiveLimit: number;
  readonly isolation: 'read-committed' | 'read-uncommitted' | 'none';
  readonly replicated: boolean;
  readonly places: 'dense' | 'sparse';
  readonly throttledCode?: number;
  readonly quota?: NonNullable<Traits['quota']>;
}

export type PlannedControl =
  | { readonly kind: 'none' }
  | { readonly kind: 'planted'; readonly plant: Plant; readonly shows: readonly CheckId[] };
