import {
  CorruptionCode,
  EventKind,
  type EventRecord,
  Flag,
  SettlementCode,
} from '../../core/events.ts';
import type { Random } from '../../core/random.ts';
import { between, happens, ms } from '../../core/chance.ts';
import { fail, ok, placeFields, unknown } from '../../simulate/world/message.ts';
import type { Copy, Settlement } from './lease.ts';
import { Pusher } from './pusher.ts';
import type { QueueGroup } from './queue-group.ts';
import type { Candidate } from './single-active.ts';

const pollNs = 3 * ms;
/** A broker notices a cut connection somewhat later. */
const noticeNs = 10 * ms;

/**
 * Works on one copy after the other of those it was handed, and settles each. What it works on for longer
 * than the lease lasts it either extends half-way or loses; then its acknowledgement is refused.
 */
export class QueueConsumer implements Candidate {
  readonly who: Pick<EventRecord, 'actor' | 'group' | 'session'>;
  readonly #of: QueueGroup;
  readonly #random: Random;
  #pusher: Pusher | undefined;
  #hand: Copy[] = [];
  #unanswered = 0;
  #isWorking = false;
  #isGone = false;

  constructor(of: QueueGroup) {
    this.#of = of;
    const { world, options } = of;
    const actor = world.newActor();
    this.who = { actor, group: options.group, session: world.newSession() };
    this.#random = world.random(`consumer ${actor}`);
    const isPush = options.mode === 'push';
    const limit = isPush ? options.most : 0;
    world.history.write(EventKind.sessionOpened, { ...this.who, ref: limit });
    if (!isPush) this.#poll();
    else if (of.singleActive === undefined) this.activate();
    else of.singleActive.join(this);
  }

  get isIdle(): boolean {
    return this.#isGone || (this.#hand.length === 0 && !this.#isWorking && this.#unanswered === 0);
  }

  /** From now on copies are pushed to it. */
  activate(): void {
    this.#pusher = new Pusher(this.#of, this.who.session, this.#of.options.most, (copy) => {
      if (!this.#isGone) this.#deliver([copy], -1);
    });
    this.#pusher.push();
  }

  /** A pulling consumer's copies come back when their leases end, a pushed one's when that is noticed. */
  crash(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    const { world } = this.#of;
    world.history.write(EventKind.crashed, { actor: this.who.actor });
    world.agenda.after(noticeNs, () => this.#leave(false));
  }

  close(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    const { world, queue } = this.#of;
    if (this.#pusher === undefined) queue.release(this.who.session);
    this.#leave(true);
    world.history.write(EventKind.sessionClosed, this.who);
  }

  #leave(isSaid: boolean): void {
    this.#pusher?.close();
    this.#of.singleActive?.leave(this, isSaid);
  }

  #poll(): void {
    if (this.#isGone) return;
    const { world, network, queue, options } = this.#of;
    const room = options.most - this.#hand.length;
    const requestedNs = world.agenda.nowNs;
    const again = (): void => world.agenda.after(pollNs, () => this.#poll());
    if (room <= 0) return again();
    network.call<Copy[]>(
      (answer) => answer(queue.receive(this.who.session, room)),
      (reply) => {
        if (this.#isGone) return;
        if (reply.as === 'answered') this.#deliver(reply.answer, requestedNs);
        again();
      },
    );
  }

  #deliver(copies: readonly Copy[], requestedNs: number): void {
    const { world, options } = this.#of;
    for (const copy of copies) {
      const { flags = 0, ...place } = placeFields(copy.place);
      const pulled = requestedNs < 0 ? 0 : Flag.pulled;
      world.history.write(EventKind.deliver, {
        ...this.#about(copy),
        ...place,
        flags: flags | pulled | this.#flagsOf(copy),
        attempt: options.tells === 'attempt' ? copy.attempt : 0,
        auxNs: requestedNs,
        ref: options.leaseMs,
      });
      const isDamaged = world.defect.strikes('body-corrupted');
      if (isDamaged || world.defect.strikes('attributes-changed')) {
        const detail = isDamaged ? CorruptionCode.checksum : CorruptionCode.attributes;
        world.history.write(EventKind.corrupted, { ...this.#about(copy), ...place, flags, detail });
      }
      this.#hand.push(copy);
    }
    if (copies.length > 0 && world.defect.strikes('dies-with-copies-in-hand')) this.crash();
    else if (!this.#isWorking) this.#next();
  }

  #flagsOf({ attempt }: Copy): number {
    const { world, options } = this.#of;
    if (options.tells === 'nothing') return 0;
    const isAgain = attempt > 1 && !world.defect.is('flag-always-false');
    return Flag.flagKnown | (isAgain ? Flag.redelivered : 0);
  }

  #about({ message: { lane, seq } }: Copy): Partial<EventRecord> & typeof this.who {
    return { ...this.who, lane, seq };
  }

  #next(): void {
    const copy = this.#hand.shift();
    this.#isWorking = copy !== undefined;
    if (copy === undefined) return;
    const { world, options } = this.#of;
    world.history.write(EventKind.processStart, this.#about(copy));
    const [low, high] = options.processMs;
    const isSlow = options.leaseMs > 0 && happens(this.#random, options.slow / 100);
    const workNs = isSlow ? options.leaseMs * 1.4 * ms : between(this.#random, low, high) * ms;
    if (isSlow && happens(this.#random, 0.5)) {
      world.agenda.after(options.leaseMs * 0.5 * ms, () => this.#settle(copy, 'extend'));
    }
    world.agenda.after(workNs, () => {
      if (!this.#isGone) this.#worked(copy);
    });
  }

  #worked(copy: Copy): void {
    const { world, options, queue } = this.#of;
    // Its death shows that the message is gone.
    if (queue.isRobbed(copy.receipt)) return this.crash();
    const how = this.#verdictOn(copy);
    const then = (): void => {
      world.history.write(EventKind.processDone, this.#about(copy));
      if (!options.isAutomatic) this.#settle(copy, how);
      this.#next();
    };
    if (how !== 'acknowledge') {
      this.#settle(copy, how);
      this.#next();
    } else if (options.sink === undefined) then();
    else this.#apply(copy, then);
  }

  #verdictOn({ message }: Copy): Settlement {
    const { world, options } = this.#of;
    const { isPoison, requeued, rejected, isAutomatic } = options;
    if (isAutomatic) return 'acknowledge';
    if (world.defect.is('nobody-can-process') && message.seq === 5) return 'requeue';
    if (isPoison(message) || happens(this.#random, requeued / 100)) return 'requeue';
    return happens(this.#random, rejected / 100) ? 'reject' : 'acknowledge';
  }

  /** The effect is asked for until the sink answers. */
  #apply(copy: Copy, then: () => void): void {
    const { network, options } = this.#of;
    const { actor, group } = this.who;
    const { lane, seq } = copy.message;
    const input = { group, lane, seq };
    network.call<boolean>(
      (answer) => answer(options.sink?.apply(input) ?? false),
      (reply) => {
        if (this.#isGone) return;
        if (reply.as !== 'answered') return this.#apply(copy, then);
        options.sink?.recordApplied({ actor }, input, reply.answer);
        then();
      },
    );
  }

  #settle(copy: Copy, how: Settlement): void {
    if (this.#isGone) return;
    const { world, network, queue, options } = this.#of;
    const settlement = {
      ...this.#about(copy),
      ticket: world.history.ticket(),
      detail: SettlementCode[how],
      ref: how === 'extend' ? options.leaseMs : 0,
    };
    world.history.write(EventKind.settleInvoke, settlement);
    this.#unanswered += 1;
    let notBeforeNs = 0;
    network.call<boolean>(
      (answer) => {
        notBeforeNs = this.#pusher?.arrivesNs ?? 0;
        const isDone = queue.settle(copy.receipt, how);
        if (how !== 'extend') this.#pusher?.settled(copy.receipt);
        answer(isDone);
      },
      (reply) => {
        world.agenda.at(notBeforeNs, () => {
          this.#unanswered -= 1;
          if (this.#isGone) return;
          const outcome = reply.as !== 'answered' ? unknown : reply.answer ? ok : fail;
          world.history.write(EventKind.settleSettled, { ...settlement, outcome });
        });
      },
    );
  }
}
