import { ms } from '../../core/chance.ts';
import type { World } from '../../simulate/world/world.ts';

/** What the coordinator asks of a member. */
export interface GroupMember {
  /** To give up these scopes, and say when it has. */
  revoke(scopes: readonly number[], done: () => void): void;
  /** These are new; the generation holds for what it keeps, too. */
  assign(scopes: readonly number[], generation: number): void;
}

interface Owner {
  readonly member: GroupMember;
  /** Since which it has the scope. */
  readonly generation: number;
}

/**
 * Who of a group reads which scope, and how far the group has come. With every member that comes or goes
 * the scopes are dealt anew: first those that move are given up, then a new generation begins. A member
 * that was expired learns of it later by itself; until then the coordinator refuses its commits.
 */
export class Coordinator {
  generation = 0;
  readonly #world: World;
  #scopes: readonly number[];
  /** Eager: everybody gives up everything; otherwise only what moves. */
  readonly #isEager: boolean;
  #members: GroupMember[] = [];
  readonly #owners = new Map<number, Owner>();
  readonly #committed = new Map<number, number>();
  readonly #revoking = new Set<GroupMember>();
  #isDealing = false;
  #isStale = false;
  /** Until then nobody is given the first scope. */
  #forgottenUntilNs = 0;

  constructor(world: World, scopes: readonly number[], isEager: boolean) {
    this.#world = world;
    this.#scopes = scopes;
    this.#isEager = isEager;
  }

  join(member: GroupMember): void {
    this.#members.push(member);
    this.#deal();
  }

  /** It left, or was not heard of for too long. */
  remove(member: GroupMember): void {
    if (!this.#members.includes(member)) return;
    this.#members = this.#members.filter((other) => other !== member);
    for (const [scope, owner] of this.#owners)
      if (owner.member === member) this.#owners.delete(scope);
    if (this.#isDealing) {
      this.#isStale = true;
      this.#gaveUp(member);
    } else this.#deal();
  }

  addScopes(scopes: readonly number[]): void {
    this.#scopes = [...this.#scopes, ...scopes];
    this.#deal();
  }

  has(member: GroupMember): boolean {
    return this.#members.includes(member);
  }

  isOwner(member: GroupMember, scope: number): boolean {
    return this.#owners.get(scope)?.member === member;
  }

  committedOf(scope: number): number {
    return this.#committed.get(scope) ?? 0;
  }

  /** @returns false for anybody but the owner, and for what the owner had in an earlier generation */
  commit(member: GroupMember, scope: number, offset: number, generation: number): boolean {
    const owner = this.#owners.get(scope);
    const isCurrent = owner?.member === member && owner.generation === generation;
    if (!isCurrent && !this.#world.defect.is('zombie-commit-accepted')) return false;
    if (this.#world.defect.is('last-commit-forgotten')) {
      this.#committed.set(scope, offset - 1);
      return true;
    }
    this.#committed.set(scope, isCurrent ? offset : Math.max(offset, this.committedOf(scope)));
    return true;
  }

  /** Without an owner to speak for: offsets that a transaction has carried. */
  commitDirectly(scope: number, offset: number): void {
    this.#committed.set(scope, offset);
  }

  #deal(): void {
    if (this.#isDealing) {
      this.#isStale = true;
      return;
    }
    this.#isDealing = true;
    this.#isStale = false;
    const next = this.#target();
    for (const member of this.#members) this.#revoking.add(member);
    for (const member of this.#members.slice()) {
      const held = this.#heldBy(member);
      const given = this.#isEager ? held : held.filter((scope) => next.get(scope) !== member);
      if (given.length === 0) this.#gaveUp(member);
      else {
        const { generation } = this;
        member.revoke(given, () => {
          // Whoever was expired meanwhile may say so when others have been given what it had.
          if (this.generation === generation) this.#gaveUp(member, given);
        });
      }
    }
    if (this.#members.length === 0) this.#isDealing = false;
  }

  #gaveUp(member: GroupMember, given: readonly number[] = []): void {
    this.#revoking.delete(member);
    for (const scope of given) if (this.isOwner(member, scope)) this.#owners.delete(scope);
    if (this.#revoking.size > 0 || !this.#isDealing) return;
    this.#isDealing = false;
    if (this.#isStale) return this.#deal();
    this.generation += 1;
    const next = this.#target();
    const { defect, agenda } = this.#world;
    if (defect.strikes('scope-forgotten', 1, this.generation > 2)) {
      this.#forgottenUntilNs = agenda.nowNs + 2_600 * ms;
      agenda.at(this.#forgottenUntilNs, () => this.#deal());
    }
    if (agenda.nowNs < this.#forgottenUntilNs) next.delete(0);
    for (const member of this.#members) {
      const gained = this.#scopes.filter((scope) => {
        const isKept = !this.#isEager && this.isOwner(member, scope);
        return next.get(scope) === member && !isKept;
      });
      for (const scope of gained) this.#owners.set(scope, { member, generation: this.generation });
      member.assign(gained, this.generation);
    }
  }

  #heldBy(member: GroupMember): number[] {
    return this.#scopes.filter((scope) => this.isOwner(member, scope));
  }

  #target(): Map<number, GroupMember> {
    const target = new Map<number, GroupMember>();
    this.#scopes.forEach((scope, index) => {
      const member = this.#members[index % this.#members.length];
      if (member !== undefined) target.set(scope, member);
    });
    return target;
  }
}
