import type { StoredBatch } from '../journal/batch-store.ts';
import type { Keeps } from '../rules.ts';
import { BrokerQueue } from './broker-queue.ts';
import { type Copy, deathsAfter, type Message } from './copy.ts';
import type {
  BrokerEntry,
  DiedEntry,
  KeptEntry,
  PublishedEntry,
  TopologyEntry,
} from './entries.ts';
import { Exchanges } from './exchanges.ts';

/** A copy that has come to a queue and is not visible yet. */
export interface Arrival {
  readonly queue: BrokerQueue;
  readonly copy: Copy;
}

/** The batch of a `published` entry. */
export interface Content {
  readonly stored: StoredBatch;
  readonly persistent: boolean;
}

const nobody: readonly Arrival[] = [];

/** What lasts. It changes by entries alone, whether they are new or read back by recovery. */
export class BrokerState {
  readonly exchanges = new Exchanges();
  readonly queues = new Map<number, BrokerQueue>();
  readonly #names = new Set<string>();
  readonly #keeps: Keeps;
  nextExchange = 1;
  nextQueue = 1;
  nextCopy = 1;

  constructor(keeps: Keeps) {
    this.#keeps = keeps;
  }

  hasQueue(name: string): boolean {
    return this.#names.has(name);
  }

  /** Of an exclusive queue, which passes with its connection, nothing is written down. */
  isPassing(queue: number): boolean {
    return this.queues.get(queue)?.spec.exclusive === true;
  }

  /** @param content of a `published` entry */
  apply(entry: BrokerEntry, content?: Content): readonly Arrival[] {
    switch (entry.kind) {
      case 'published':
        return content === undefined ? nobody : this.#published(entry, content);
      case 'delivered': {
        const queue = this.queues.get(entry.queue);
        for (const id of entry.copies) {
          const copy = queue?.get(id);
          if (copy !== undefined && this.#keeps('flag-redeliveries')) copy.deliveries += 1;
        }
        return nobody;
      }
      case 'removed': {
        const queue = this.queues.get(entry.queue);
        for (const id of entry.copies) queue?.remove(id);
        return nobody;
      }
      case 'died':
        return this.#died(entry);
      case 'copies-kept':
        if (content !== undefined) this.#kept(entry, content);
        return nobody;
      case 'numbers-kept':
        this.nextExchange = entry.nextExchange;
        this.nextQueue = entry.nextQueue;
        this.nextCopy = entry.nextCopy;
        return nobody;
      default:
        this.#declared(entry);
        return nobody;
    }
  }

  #declared(entry: TopologyEntry): void {
    switch (entry.kind) {
      case 'exchange-declared':
        this.exchanges.add(entry.exchange, entry.spec);
        this.nextExchange = entry.exchange + 1;
        return;
      case 'exchange-deleted':
        this.exchanges.remove(entry.exchange);
        return;
      case 'queue-declared':
        this.queues.set(entry.queue, new BrokerQueue(entry.queue, entry.spec));
        this.#names.add(entry.spec.name);
        this.exchanges.addQueue(entry.queue, entry.spec.name);
        this.nextQueue = entry.queue + 1;
        return;
      case 'queue-deleted': {
        const queue = this.queues.get(entry.queue);
        if (queue !== undefined) this.#names.delete(queue.spec.name);
        this.queues.delete(entry.queue);
        this.exchanges.forgetQueue(entry.queue);
        return;
      }
      case 'bound':
        this.exchanges.get(entry.exchange)?.bind(entry.queue, entry.spec);
        return;
      case 'unbound':
        this.exchanges.get(entry.exchange)?.unbind(entry.queue, entry.spec);
        return;
    }
  }

  #published({ baseCopy, priority, routes }: PublishedEntry, content: Content): readonly Arrival[] {
    const arrivals: Arrival[] = [];
    this.nextCopy = baseCopy;
    for (const [slot, queues] of routes.entries()) {
      if (queues.length === 0) continue;
      const message = { ...content, slot, priority };
      for (const queue of queues) this.#arrive(queue, message, [], arrivals);
    }
    return arrivals;
  }

  #died({ queue: id, reason, baseCopy, moves }: DiedEntry): readonly Arrival[] {
    const arrivals: Arrival[] = [];
    const queue = this.queues.get(id);
    this.nextCopy = baseCopy;
    for (const { copy: dead, to } of moves) {
      const copy = queue?.get(dead);
      queue?.remove(dead);
      if (copy === undefined) this.nextCopy += to.length;
      else {
        const deaths = deathsAfter(copy, { queue: id, reason, deliveries: copy.deliveries });
        for (const heir of to) this.#arrive(heir, copy.message, deaths, arrivals);
      }
    }
    return arrivals;
  }

  #kept(entry: KeptEntry & { readonly kind: 'copies-kept' }, content: Content): void {
    const { queue, priority, copies } = entry;
    for (const { id, slot, deliveries, deaths } of copies) {
      const message = { ...content, slot, priority };
      this.queues.get(queue)?.add({ id, message, deaths, deliveries, turn: 0, sinceMs: 0 });
    }
  }

  /** Numbers are used up although the queue is gone: recovery must count as the first life did. */
  #arrive(id: number, message: Message, deaths: Copy['deaths'], into: Arrival[]): void {
    const queue = this.queues.get(id);
    const copy = { id: this.nextCopy, message, deaths, deliveries: 0, turn: 0, sinceMs: 0 };
    this.nextCopy += 1;
    if (queue === undefined) return;
    queue.add(copy);
    into.push({ queue, copy });
  }
}
