import { EventKind, type EventRecord } from '../../core/events.ts';
import type { Random } from '../../core/random.ts';
import { between, happens, ms } from '../../core/chance.ts';
import { Claim } from './claim.ts';
import type { GroupMember } from './coordinator.ts';
import type { LogGroup } from './log-group.ts';
import type { Entry } from './partition.ts';

const sessionTimeoutNs = 60 * ms;
const heartbeatNs = 15 * ms;

/**
 * One member of a group: works on one entry after the other of all that its claims have fetched. A refused
 * commit or heartbeat tells it that it was taken for dead; then it gives everything up and joins anew.
 */
export class LogConsumer implements GroupMember {
  readonly who: Pick<EventRecord, 'actor' | 'group' | 'session'>;
  readonly #of: LogGroup;
  readonly #random: Random;
  readonly #claims = new Map<number, Claim>();
  #work: { readonly claim: Claim; readonly entry: Entry }[] = [];
  #isWorking = false;
  #isGone = false;
  #wakesNs = 0;

  constructor(of: LogGroup) {
    this.#of = of;
    const { world, coordinator, options } = of;
    const actor = world.newActor();
    this.who = { actor, group: options.group, session: world.newSession() };
    this.#random = world.random(`consumer ${actor}`);
    world.history.write(EventKind.sessionOpened, this.who);
    coordinator.join(this);
  }

  /** Nothing in hand, and everything committed. */
  get isIdle(): boolean {
    if (this.#isGone) return true;
    return !this.#isWorking && [...this.#claims.values()].every((claim) => claim.isIdle);
  }

  /** Runs it when its thread goes on; never after its end. */
  awake(act: () => void): void {
    const { agenda } = this.#of.world;
    if (this.#isGone) return;
    if (agenda.nowNs < this.#wakesNs) agenda.at(this.#wakesNs, () => this.awake(act));
    else act();
  }

  crash(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    const { world, coordinator } = this.#of;
    world.history.write(EventKind.crashed, { actor: this.who.actor });
    world.agenda.after(sessionTimeoutNs, () => coordinator.remove(this));
  }

  /** Its thread stands still; if for long, it is taken for dead, and finds out when it goes on. */
  stall(forNs: number): void {
    const { coordinator, world } = this.#of;
    this.#wakesNs = world.agenda.nowNs + forNs;
    if (forNs > sessionTimeoutNs) {
      world.agenda.after(sessionTimeoutNs, () => coordinator.remove(this));
    }
    world.agenda.after(forNs + heartbeatNs, () => this.awake(() => this.#heartbeat()));
  }

  /** Gives up what it has, and leaves with a goodbye. */
  close(): void {
    this.revoke([...this.#claims.keys()], () => {
      if (this.#isGone) return;
      this.#isGone = true;
      this.#of.world.history.write(EventKind.sessionClosed, this.who);
      this.#of.coordinator.remove(this);
    });
  }

  assign(scopes: readonly number[], generation: number): void {
    this.awake(() => {
      for (const scope of scopes) {
        // Told while it stood still, and taken away again before it went on.
        if (!this.#of.coordinator.isOwner(this, scope)) continue;
        this.#record(EventKind.assigned, scope, generation);
        this.#claims.set(scope, new Claim(this.#of, this, scope, generation));
      }
    });
  }

  revoke(scopes: readonly number[], done: () => void): void {
    this.awake(() => {
      const claims = scopes.flatMap((scope) => this.#claims.get(scope) ?? []);
      if (claims.length === 0) return done();
      this.#drop(claims);
      const isHasty = happens(this.#random, this.#of.options.hasty / 100);
      let open = claims.length;
      const given = (): void => {
        open -= 1;
        if (open > 0) return;
        for (const claim of claims) this.#giveUp(EventKind.revoked, claim);
        done();
      };
      for (const claim of claims) {
        if (isHasty) given();
        else claim.commitThen(given);
      }
    });
  }

  work(claim: Claim, entries: readonly Entry[]): void {
    for (const entry of entries) this.#work.push({ claim, entry });
    if (!this.#isWorking) this.#next();
  }

  /** A commit was refused: it is not a member any more, or no longer owns the scope. */
  fenced(): void {
    const { coordinator } = this.#of;
    if (coordinator.has(this)) return;
    const claims = [...this.#claims.values()];
    this.#drop(claims);
    for (const claim of claims) this.#giveUp(EventKind.lost, claim);
    coordinator.join(this);
  }

  #heartbeat(): void {
    if (!this.#of.coordinator.has(this)) this.fenced();
  }

  #drop(claims: readonly Claim[]): void {
    this.#work = this.#work.filter(({ claim }) => !claims.includes(claim));
    for (const claim of claims) claim.end();
  }

  #giveUp(kind: EventKind, claim: Claim): void {
    if (this.#claims.get(claim.scope) !== claim) return;
    this.#claims.delete(claim.scope);
    const { scope, generation } = claim;
    this.#record(kind, scope, generation);
    const { defect } = this.#of.world;
    if (!defect.strikes('reads-after-revocation', 1, claim.hasMore)) return;
    this.#of.world.agenda.after(ms, () => claim.readOn());
  }

  #record(kind: EventKind, scope: number, ref: number): void {
    const { world, options } = this.#of;
    if (options.recordsAssignments) world.history.write(kind, { ...this.who, scope, ref });
  }

  #next(): void {
    const next = this.#work.shift();
    this.#isWorking = next !== undefined;
    if (next === undefined) return;
    const { world, options } = this.#of;
    const { lane, seq } = next.entry.message;
    const message = { ...this.who, lane, seq };
    world.history.write(EventKind.processStart, message);
    const [low, high] = options.processMs;
    world.agenda.after(between(this.#random, low, high) * ms, () => {
      this.awake(() => {
        this.#apply(message, () => {
          world.history.write(EventKind.processDone, message);
          if (this.#claims.get(next.claim.scope) === next.claim) next.claim.processed(next.entry);
          this.#next();
        });
      });
    });
  }

  /** The effect is asked for until the sink answers. */
  #apply(message: Pick<EventRecord, 'actor' | 'group' | 'lane' | 'seq'>, then: () => void): void {
    const { options, network } = this.#of;
    const { sink } = options;
    if (sink === undefined) return then();
    const { actor, group, lane, seq } = message;
    network.call<boolean>(
      (answer) => answer(sink.apply({ group, lane, seq })),
      (reply) => {
        this.awake(() => {
          if (reply.as !== 'answered') return this.#apply(message, then);
          sink.recordApplied({ actor }, { group, lane, seq }, reply.answer);
          then();
        });
      },
    );
  }
}
