import { Fifo } from '../../fifo.ts';
import type { Keeps } from '../rules.ts';
import type { QueuedMessage } from './queued-message.ts';
import { RankedHeap } from './ranked-heap.ts';
import { firstOf, type ReadyLine } from './ready-line.ts';

/** One group's messages: those in hands are counted, the others are in line. */
class Group {
  readonly name: string | undefined;
  readonly #fresh = new Fifo<QueuedMessage>();
  /** In order. All of them are older than the fresh ones, because a group is taken from its head. */
  #returned: QueuedMessage[] = [];
  held = 0;
  readonly #keepsOrder: boolean;

  constructor(name: string | undefined, keepsOrder: boolean) {
    this.name = name;
    this.#keepsOrder = keepsOrder;
  }

  get head(): QueuedMessage | undefined {
    if (this.#returned[0]?.state === 'gone') {
      this.#returned = this.#returned.filter(({ state }) => state !== 'gone');
    }
    return this.#returned[0] ?? firstOf(this.#fresh);
  }

  add(message: QueuedMessage): void {
    this.#fresh.push(message);
  }

  take(): QueuedMessage | undefined {
    if (this.head === undefined) return undefined;
    this.held += 1;
    return this.#returned.shift() ?? this.#fresh.shift();
  }

  putBack(message: QueuedMessage): void {
    this.held -= 1;
    if (!this.#keepsOrder) return this.#fresh.push(message);
    const at = this.#returned.findIndex(({ order }) => order > message.order);
    this.#returned.splice(at < 0 ? this.#returned.length : at, 0, message);
  }
}

/**
 * A FIFO queue: within a group the order of arrival, whatever comes back in between. While a message of a
 * group is in somebody's hands, nothing else of it is handed out; only one receive may take several. Of the
 * groups that are not held up the one whose head is oldest is next, and a receive takes as much of it as it
 * can before it goes on to another (SQS developer guide, FIFO delivery logic). Messages without a group
 * hold nobody up.
 */
export class MessageGroups implements ReadyLine {
  readonly #keeps: Keeps;
  readonly #groups = new Map<string | undefined, Group>();
  /** Groups by the order of their head; an entry whose head is another by now is stale. */
  readonly #candidates = new RankedHeap<Group>();
  /** The group that the receive at hand is taking from. */
  #current: Group | undefined;

  constructor(keeps: Keeps) {
    this.#keeps = keeps;
  }

  /** Groups with messages in line or in hands. */
  get size(): number {
    return this.#groups.size;
  }

  add(message: QueuedMessage): void {
    const group = this.#groups.get(message.group) ?? this.#newGroup(message.group);
    this.#groups.set(message.group, group);
    const isHead = group.head === undefined;
    group.add(message);
    if (isHead) this.#propose(group);
  }

  peek(): QueuedMessage | undefined {
    return this.#current?.head ?? this.#next()?.head;
  }

  take(): QueuedMessage | undefined {
    if (this.#current?.head === undefined) this.#current = this.#next();
    return this.#current?.take();
  }

  endReceive(): void {
    const group = this.#current;
    this.#current = undefined;
    if (group !== undefined) this.#propose(group);
  }

  putBack(message: QueuedMessage): void {
    const group = this.#groups.get(message.group);
    if (group === undefined) return;
    group.putBack(message);
    this.#propose(group);
  }

  forget(message: QueuedMessage): void {
    const group = this.#groups.get(message.group);
    if (group === undefined) return;
    group.held -= 1;
    this.#propose(group);
  }

  /** Its group may have another head now. */
  vanish(message: QueuedMessage): void {
    const group = this.#groups.get(message.group);
    if (group !== undefined) this.#propose(group);
  }

  #newGroup(name: string | undefined): Group {
    return new Group(name, this.#keeps('return-to-its-place'));
  }

  #isOpen(group: Group): boolean {
    return group.held === 0 || group.name === undefined || !this.#keeps('block-groups');
  }

  /** A group that is empty and in nobody's hands is forgotten. */
  #propose(group: Group): void {
    const { head, held } = group;
    if (head === undefined) {
      if (held === 0 && group !== this.#current) this.#groups.delete(group.name);
    } else if (this.#isOpen(group)) this.#candidates.push(head.order, group);
  }

  #next(): Group | undefined {
    for (let first = this.#candidates.first; first !== undefined; first = this.#candidates.first) {
      const { rank, item } = first;
      if (item.head?.order === rank && this.#isOpen(item)) return item;
      this.#candidates.pop();
    }
    return undefined;
  }
}
