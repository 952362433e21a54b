import { Group } from '../../../engines/embedded/log/group.ts';
import type { GroupEvent } from '../../../engines/embedded/log/member.ts';
import type { RebalanceProtocol } from '../../../engines/embedded/log/rebalance.ts';
import { keepsAll } from '../../../engines/embedded/rules.ts';

export const rebalanceTimeoutMs = 1_000;
export const sessionTimeoutMs = 3_000;

/** A group with clients that do what they are told when the test says so. */
export class PlayedGroup {
  readonly group: Group;
  readonly events = new Map<number, GroupEvent[]>();
  /** By session, what its client believes to own, with the generation in which it got it. */
  readonly owned = new Map<number, Map<number, number>>();
  /** By session, what its client was asked for and has not given up, in the order of the asking. */
  readonly asked = new Map<number, (readonly number[])[]>();
  canStore = true;
  nowMs = 0;
  generation = 0;
  #session = 0;

  constructor(protocol: RebalanceProtocol, partitions = 6) {
    this.group = new Group({
      name: 'g',
      topic: 1,
      partitions,
      protocol,
      rebalanceTimeoutMs,
      generation: 0,
      keeps: keepsAll,
      beginGeneration: () => {
        if (!this.canStore) return undefined;
        this.generation += 1;
        return this.generation;
      },
    });
  }

  join(instance?: string): number {
    this.#session += 1;
    const session = this.#session;
    this.events.set(session, []);
    this.owned.set(session, new Map());
    this.asked.set(session, []);
    this.group.join(
      { session, instance, sessionTimeoutMs },
      (event) => this.#told(session, event),
      this.nowMs,
    );
    return session;
  }

  /** It gives up what it was asked for first. */
  giveUp(session: number): void {
    for (const partition of this.asked.get(session)?.shift() ?? []) {
      this.owned.get(session)?.delete(partition);
    }
    this.group.rejoin(session, this.nowMs);
  }

  end(session: number, how: 'leave' | 'disconnected'): void {
    this.#lost(session);
    this.group[how](session, this.nowMs);
  }

  /** Whoever is heard sends heartbeats all the while. */
  wait(forMs: number, heard: readonly number[] = this.members): void {
    for (const untilMs = this.nowMs + forMs; this.nowMs < untilMs; this.group.tick(this.nowMs)) {
      this.nowMs += 100;
      for (const session of heard) this.group.heartbeat(session, this.nowMs);
    }
  }

  /** Everybody does what it is asked for until nobody is asked for anything. */
  settle(): void {
    for (let rounds = 0; rounds < 100; rounds += 1) {
      const asked = this.members.filter((session) => (this.asked.get(session)?.length ?? 0) > 0);
      if (asked.length === 0) return;
      for (const session of asked) this.giveUp(session);
    }
    throw new Error('the group finds no end');
  }

  get members(): number[] {
    return [...this.events.keys()].filter((session) => this.group.has(session));
  }

  kindsTold(session: number): string[] {
    return (this.events.get(session) ?? []).map(({ kind }) => kind);
  }

  shareOf(session: number): number[] {
    return [...(this.owned.get(session)?.keys() ?? [])].sort((a, b) => a - b);
  }

  #told(session: number, event: GroupEvent): void {
    this.events.get(session)?.push(event);
    if (event.kind === 'assign') {
      for (const partition of event.partitions) {
        this.owned.get(session)?.set(partition, event.generation);
      }
    } else if (event.kind === 'revoke') this.asked.get(session)?.push(event.partitions);
    else this.#lost(session);
  }

  #lost(session: number): void {
    this.owned.set(session, new Map());
    this.asked.set(session, []);
  }
}
