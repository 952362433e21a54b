import type { FaultDomain } from '../../../harness/core/clauses.ts';
import type { FaultKind, Mark, SimulatedWorld } from '../../simulation.ts';
import { oneNode } from '../one-node.ts';
import type { FsyncPolicy } from '../journal/journal.ts';
import type { SimulatedCluster } from './cluster.ts';
import { Dice } from './dice.ts';
import type { Station } from './node-network.ts';
import { bearsAlso, type Troubles } from './troubles.ts';

/** What happens to nodes and between them, whatever runs on them. */
export const clusterMarks: readonly Mark[] = [
  'the broker was killed',
  'the machine lost its power',
  'recovery cut off a torn tail',
  'too few replicas refused a request',
  'a node was cut off from others',
  'a leader was elected while another was alive',
  'the in-sync set shrank',
  'a node that had lost power was struck off',
  'a follower cut off what its leader did not have',
];

/**
 * What is survived by what all in-sync replicas have stored: nothing is taken by a failover, and one machine may
 * lose its power where another, or its own disk, holds everything as well.
 */
export function borneByReplicas(fsync: FsyncPolicy, minInSync: number): readonly FaultDomain[] {
  const isTwice = minInSync > 1 || fsync.kind === 'every-batch';
  return bearsAlso(isTwice ? [...oneNode, 'node-loss'] : oneNode, fsync);
}

const ms = 1e6;
const outagesMost = 4;
/** Long enough for the leader to have done with a request, too short for others to have heard of it. */
const beforeAnswerNs = 1_000;

/** In which a leader is alone in sync, if the minimum lets it be. */
const aloneMs = 150;
/** In which a node that came back is in sync again, unless something is wrong with it. */
const backMs = 100;

const whats = [
  'process',
  'process',
  'machine',
  'peers',
  'controller',
  'everybody',
  'alone',
  'alone',
  'two',
  'two',
] as const;
type What = (typeof whats)[number] | 'all machines';

const story: Readonly<Record<What, string>> = {
  process: 'is killed',
  machine: 'loses its power',
  peers: 'is cut off from the other nodes',
  controller: 'is cut off from the controller',
  everybody: 'is cut off from everybody but its clients',
  alone: `is cut off from the other nodes for ${aloneMs} ms, and then killed`,
  two: `is cut off from the other nodes for ${aloneMs} ms and then killed, and whoever leads ${backMs} ms after it came back`,
  'all machines': 'and all others lose their power',
};

const domain: Readonly<Record<What, FaultDomain & FaultKind>> = {
  process: 'process-crash',
  machine: 'node-loss',
  peers: 'node-loss',
  controller: 'node-loss',
  everybody: 'node-loss',
  alone: 'node-loss',
  two: 'node-loss',
  'all machines': 'power-loss',
};

/** What befalls the nodes of a cluster and the ways between them, several times over. */
export class ClusterTroubles {
  readonly #world: SimulatedWorld;
  readonly #cluster: SimulatedCluster;
  readonly #fsync: FsyncPolicy;
  readonly #troubles: Troubles;

  constructor(
    world: SimulatedWorld,
    cluster: SimulatedCluster,
    fsync: FsyncPolicy,
    troubles: Troubles,
  ) {
    this.#world = world;
    this.#cluster = cluster;
    this.#fsync = fsync;
    this.#troubles = troubles;
  }

  /** @param api of the requests whose answers may be missed */
  plan(api: number): void {
    const dice = new Dice(this.#world.random('cluster'));
    const drops = dice.oneOf([0, 0, 10, 50]);
    if (
      drops > 0 &&
      this.#world.plans(`${drops} of 1,000 messages between nodes are lost`, 'connection-loss')
    ) {
      this.#troubles.faults.add('connection-loss');
      this.#cluster.network.drop(drops);
    }
    const outages = dice.between(0, outagesMost);
    for (let outage = 1; outage <= outages; outage += 1) this.#planOutage(outage, api);
  }

  #planOutage(number: number, api: number): void {
    const dice = new Dice(this.#world.random(`outage ${number}`));
    const what: What = dice.happens(0.05) ? 'all machines' : dice.oneOf(whats);
    const node = dice.between(0, this.#cluster.nodes.length - 1);
    const isLeader = dice.happens(0.6);
    const isUnanswered = dice.happens(0.5);
    const afterMs = dice.between(5, 300);
    const forMs = dice.between(5, 250);
    const who = isLeader ? 'the leader' : `node ${node}`;
    const when = isUnanswered ? ', before its next answer to a producer' : '';
    const part = `${who} ${story[what]}, ${afterMs} ms on${when}, for ${forMs} ms`;
    if (!this.#world.plans(part, domain[what])) return;
    const strike = (): void => {
      this.#troubles.faults.add(domain[what]);
      this.#strike(what, isLeader ? (this.#cluster.leader ?? node) : node, forMs);
    };
    this.#world.agenda.after(afterMs * ms, () => {
      if (!isUnanswered) strike();
      else this.#cluster.onceHandled(api, () => this.#world.agenda.after(beforeAnswerNs, strike));
    });
  }

  #strike(what: What, node: number, forMs: number): void {
    switch (what) {
      case 'process':
        return this.#end([node], forMs, false);
      case 'machine':
        return this.#end([node], forMs, this.#mayLosePower(node));
      case 'all machines':
        return this.#end([...this.#cluster.nodes.keys()], forMs, true);
      case 'alone':
        return this.#leaveAlone(node, forMs);
      case 'two':
        this.#leaveAlone(node, forMs);
        return this.#world.agenda.after((aloneMs + forMs + backMs) * ms, () => {
          this.#end([this.#cluster.leader ?? node], forMs, false);
        });
      default:
        this.#cut(node, this.#stations(what, node), forMs);
    }
  }

  #leaveAlone(node: number, forMs: number): void {
    this.#cut(node, this.#stations('peers', node), aloneMs);
    this.#world.agenda.after(aloneMs * ms, () => this.#end([node], forMs, false));
  }

  #end(numbers: readonly number[], forMs: number, isPower: boolean): void {
    const nodes = numbers.flatMap((number) => this.#cluster.nodes[number] ?? []);
    this.#world.mark(isPower ? 'the machine lost its power' : 'the broker was killed');
    this.#world.fault(
      () => nodes.forEach((node) => (isPower ? node.losePower() : node.kill())),
      forMs * ms,
      () => nodes.filter(({ isUp }) => !isUp).forEach((node) => node.start()),
    );
  }

  #cut(node: number, others: readonly Station[], forMs: number): void {
    const { network } = this.#cluster;
    this.#world.mark('a node was cut off from others');
    this.#world.fault(
      () => others.forEach((other) => network.cut(node, other)),
      forMs * ms,
      () => others.forEach((other) => network.join(node, other)),
    );
  }

  #stations(what: 'peers' | 'controller' | 'everybody', node: number): readonly Station[] {
    const peers = [...this.#cluster.nodes.keys()].filter((number) => number !== node);
    if (what === 'controller') return ['controller'];
    return what === 'peers' ? peers : [...peers, 'controller'];
  }

  /**
   * Replicas that never sync stand in for each other, one at a time: a second machine that loses its power
   * before the first has caught up takes what both had acknowledged. Then only its process ends.
   */
  #mayLosePower(node: number): boolean {
    const others = this.#cluster.nodes.filter((_, number) => number !== node);
    return this.#fsync.kind === 'every-batch' || others.every(({ mayLack }) => !mayLack);
  }
}
