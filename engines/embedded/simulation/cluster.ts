import type { Random } from '../../../harness/core/random.ts';
import type { ConnectionTrouble, SimulatedWorld } from '../../simulation.ts';
import type { ReplicatedKind } from '../host/replicated.ts';
import type { FsyncPolicy } from '../journal/journal.ts';
import type { ByteReader } from '../protocol/bytes.ts';
import { Controller } from '../replication/controller.ts';
import type { ClusterState } from '../replication/messages.ts';
import { type ClockSkew, ProcessClock } from './clock.ts';
import { NodeNetwork } from './node-network.ts';
import { ReplicaNode } from './replica-node.ts';
import type { ClientEnd, ServerEnd, Serving, SimulatedBroker } from './serving.ts';

export interface ClusterOptions {
  readonly kind: ReplicatedKind;
  readonly nodes: number;
  readonly fsync: FsyncPolicy;
  readonly minInSync: number;
  readonly uncleanElection: boolean;
  readonly rebalanceTimeoutMs: number;
  readonly skew: ClockSkew;
  readonly largestEntryBytes: number;
}

const sessionMs = 40;
const controllerTickMs = 5;

/** Several machines with a replica each, a controller, and what lies between them. */
export class SimulatedCluster implements SimulatedBroker {
  readonly nodes: readonly ReplicaNode[];
  readonly network: NodeNetwork;
  readonly skew: ClockSkew;
  readonly #world: SimulatedWorld;
  readonly #random: Random;
  readonly #controller: Controller;
  readonly #clock: ProcessClock;
  #seen: ClusterState;
  #awaited: { readonly api: number; readonly act: () => void } | undefined;

  constructor(world: SimulatedWorld, options: ClusterOptions) {
    this.#world = world;
    this.#random = world.random('whom clients try');
    this.network = new NodeNetwork(world);
    this.skew = options.skew;
    this.#clock = new ProcessClock(world, 'the controller', options.skew);
    const { nodes, uncleanElection } = options;
    this.#controller = new Controller({
      nodes,
      sessionMs,
      uncleanElection,
      keeps: (rule) => !world.isBroken(rule),
      send: (to, state) => {
        const message = { kind: 'cluster', state } as const;
        this.network.send('controller', to, () => this.nodes[to]?.receive(message));
      },
    });
    this.#seen = this.#controller.state;
    this.nodes = Array.from({ length: nodes }, (_, number) => {
      return new ReplicaNode(world, number, {
        ...options,
        toController: (message) => {
          this.network.send(number, 'controller', () => {
            this.#controller.receive(message, this.#nowMs);
            this.#look();
          });
        },
        toReplica: (to, message) => {
          this.network.send(number, to, () => this.nodes[to]?.receive(message));
        },
        handled: (api) => this.#handled(api),
      });
    });
  }

  get isUp(): boolean {
    return this.#leading !== undefined;
  }

  /** Number of the node that the controller has elected; undefined while there is none. */
  get leader(): number | undefined {
    return this.#controller.state.leader?.node;
  }

  /** All that any client was told of is committed, and nobody is missing. */
  get isSettled(): boolean {
    const leader = this.nodes[this.leader ?? -1];
    const isWhole = this.#controller.state.inSync.length === this.nodes.length;
    return isWhole && leader?.isSettled === true;
  }

  start(): void {
    for (const node of this.nodes) node.start();
    this.#tick();
  }

  /** Once, when the next request of this kind has been handled, by whichever node. */
  onceHandled(api: number, act: () => void): void {
    this.#awaited = { api, act };
  }

  /** A client tries any node, and is heard by one that leads, or believes that it does. */
  accept(client: ClientEnd, trouble: ConnectionTrouble): ServerEnd | undefined {
    const node = this.nodes[this.#random.below(this.nodes.length)];
    return node?.serving?.accept(client, trouble);
  }

  tell(api: number, body: Buffer, then: (body: ByteReader) => void): void {
    this.#serving(api).tell(api, body, then);
  }

  ask(api: number, body: Buffer): ByteReader {
    return this.#serving(api).ask(api, body);
  }

  get #nowMs(): number {
    return this.#clock.nowMs;
  }

  get #leading(): Serving | undefined {
    return this.nodes[this.leader ?? -1]?.serving;
  }

  #serving(api: number): Serving {
    const serving = this.#leading;
    if (serving !== undefined) return serving;
    throw new Error(`request ${api} of the operator meets a cluster without a leader`);
  }

  #handled(api: number): void {
    if (this.#awaited?.api !== api) return;
    const { act } = this.#awaited;
    this.#awaited = undefined;
    act();
  }

  #tick(): void {
    this.#controller.tick(this.#nowMs);
    this.#look();
    this.#clock.after(controllerTickMs, () => this.#tick());
  }

  /** What has just been decided, for the marks. */
  #look(): void {
    const before = this.#seen;
    const now = this.#controller.state;
    if (before === now) return;
    this.#seen = now;
    const isElection = now.epoch > Math.max(1, before.epoch);
    const others = this.nodes.filter((_, number) => number !== now.leader?.node);
    if (isElection && others.some(({ serving }) => serving !== undefined)) {
      this.#world.mark('a leader was elected while another was alive');
    }
    if (now.inSync.length >= before.inSync.length) return;
    const isStruckOff = before.inSync.some(({ node }) => {
      return this.nodes[node]?.mayLack === true && now.inSync.every((one) => one.node !== node);
    });
    this.#world.mark(
      isStruckOff ? 'a node that had lost power was struck off' : 'the in-sync set shrank',
    );
  }
}
