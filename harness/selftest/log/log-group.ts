import type { Network } from '../../simulate/world/network.ts';
import type { Sink } from '../../simulate/world/sink.ts';
import type { World } from '../../simulate/world/world.ts';
import type { Coordinator } from './coordinator.ts';
import type { LogBroker } from './log-broker.ts';

export interface LogGroupOptions {
  readonly group: number;
  /** Most entries of one fetch; as many again may wait for their turn. */
  readonly batch: number;
  readonly processMs: readonly [low: number, high: number];
  readonly pollMs: number;
  /** Of a hundred revocations, those before which nothing is committed. */
  readonly hasty: number;
  /** Each fetch is recorded, with what it could have returned. */
  readonly recordsReads: boolean;
  /** Who gets and gives up which scope is recorded. */
  readonly recordsAssignments: boolean;
  /** Deliveries do not say where they come from. */
  readonly isPlaceless: boolean;
  readonly sink: Sink | undefined;
}

/** What the members of a group share. */
export interface LogGroup {
  readonly world: World;
  readonly network: Network;
  readonly broker: LogBroker;
  readonly coordinator: Coordinator;
  readonly options: LogGroupOptions;
}
