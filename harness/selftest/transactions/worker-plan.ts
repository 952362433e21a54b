import type { Network } from '../../simulate/world/network.ts';
import type { World } from '../../simulate/world/world.ts';
import type { TxBroker } from './tx-broker.ts';

export interface WorkerPlan {
  readonly world: World;
  readonly network: Network;
  readonly broker: TxBroker;
  readonly group: number;
  readonly identity: number;
  readonly from: number;
  readonly to: readonly number[];
  /** Lanes of its outputs, one for each incarnation's use. */
  readonly route: number;
  readonly batch: number;
  /** Transactions of a hundred that the application gives up. */
  readonly aborts: number;
  /** The scope of another worker's outputs, which each transaction reads on in; -1 for none. */
  readonly peer: number;
  readonly peerGroup: number;
  readonly ids: () => number;
  /** It was fenced off, or died in the place of one that does not go on. */
  readonly onGone: () => void;
}
