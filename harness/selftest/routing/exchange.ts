import { BindingCode, EventKind } from '../../core/events.ts';
import type { LeasedQueue } from '../queue/leased-queue.ts';
import { between, ms } from '../../core/chance.ts';
import type { Destination, Outgoing, SendAnswer } from '../../simulate/world/message.ts';
import type { World } from '../../simulate/world/world.ts';
import { matches } from './topic.ts';

/** What the messages of some lanes are addressed with. */
export interface Route {
  readonly key: string;
  /** A message for nobody comes back before it is confirmed. */
  readonly mandatory: boolean;
}

export interface BoundQueue {
  readonly queue: LeasedQueue;
  readonly patterns: readonly string[];
  readonly isFiltered: boolean;
}

/** Copies each message into every queue that one of its patterns leads to, once, however many match. */
export class Exchange implements Destination {
  readonly #world: World;
  readonly #routes: readonly Route[];
  readonly #queues: readonly BoundQueue[];
  /** By queue: patterns in force. */
  readonly #patterns: string[][];

  constructor(world: World, routes: readonly Route[], queues: readonly BoundQueue[]) {
    this.#world = world;
    this.#routes = routes;
    this.#queues = queues;
    this.#patterns = queues.map(({ patterns }) => [...patterns]);
  }

  /** Groups that a route leads to right now. */
  targetsOf({ key }: Route): readonly number[] {
    return [...this.#queues.keys()].filter((group) =>
      this.#patterns[group]?.some((pattern) => matches(pattern, key)),
    );
  }

  send(message: Outgoing, answer: (with_: SendAnswer) => void): void {
    const route = this.#routeOf(message);
    const { defect } = this.#world;
    const targets = this.#misrouted(this.targetsOf(route));
    const isHalf = defect.strikes('fans-out-by-half', 1, targets.length > 1);
    for (const group of isHalf ? targets.slice(0, 1) : targets) {
      this.#queues[group]?.queue.put(message);
    }
    if (isHalf) return;
    const isReturned = targets.length === 0 && route.mandatory;
    if (isReturned && !defect.strikes('unroutable-dropped')) answer({ outcome: 'returned' });
    else answer({ outcome: 'ok', place: undefined });
  }

  /** An operator takes a queue's patterns away, or gives them back; the change takes its time. */
  rebind(group: number, isBound: boolean): void {
    const { agenda, history } = this.#world;
    const random = this.#world.random(`rebinding at ${agenda.nowNs}`);
    const kind = isBound ? EventKind.bound : EventKind.unbound;
    const patterns = this.#queues[group]?.patterns ?? [];
    const routes = [...this.#routes.keys()].filter((route) =>
      patterns.some((pattern) => matches(pattern, this.#routes[route]?.key ?? '')),
    );
    const actor = this.#world.newActor();
    const write = (detail: number): void => {
      for (const route of routes) history.write(kind, { actor, group, ref: route, detail });
    };
    write(BindingCode.invoke);
    agenda.after(between(random, 0.1, 3) * ms, () => {
      this.#patterns[group] = isBound ? [...patterns] : [];
      agenda.after(between(random, 0.1, 3) * ms, () => write(BindingCode.settled));
    });
  }

  #routeOf({ lane }: Outgoing): Route {
    const span = this.#world.lanes.find(
      ({ first, count }) => lane >= first && lane < first + count,
    );
    const route = this.#routes[span?.route ?? 0];
    if (route === undefined) throw new RangeError(`lane ${lane} has no route`);
    return route;
  }

  #misrouted(targets: readonly number[]): readonly number[] {
    const { defect } = this.#world;
    const others = [...this.#queues.keys()].filter((group) => !targets.includes(group));
    const plain = others.filter((group) => this.#queues[group]?.isFiltered === false);
    const filtered = others.filter((group) => this.#queues[group]?.isFiltered === true);
    const [first] = targets;
    if (first === undefined) return targets;
    if (defect.strikes('route-missed', 1, targets.length > 1)) return targets.slice(1);
    if (defect.strikes('route-doubled', 4)) return [...targets, first];
    if (defect.strikes('route-invented', 1, plain.length > 0)) {
      return [...targets, ...plain.slice(0, 1)];
    }
    if (defect.strikes('filter-ignored', 1, filtered.length > 0)) {
      return [...targets, ...filtered.slice(0, 1)];
    }
    return targets;
  }
}
