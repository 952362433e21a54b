import { EventKind, type EventRecord, OutcomeCode } from '../core/events.ts';

interface Sender {
  unanswered: number;
  /** Since when it waits for an acknowledgement; -1: it waits for none. */
  sinceNs: number;
}

/**
 * The longest gap between acknowledgements: how long a producer at most had sends unanswered and heard of none that was
 * acknowledged. A refusal or an unknown outcome ends no gap, for nothing was promised by it; nor does a crash of the producer
 * begin one. A gap that was open when its producer last did something ends there.
 */
export class Silence {
  readonly #senders = new Map<number, Sender>();
  /** Whose event was the last, which is mostly whose the next is. */
  #lastActor = -1;
  #lastSender: Sender | undefined;
  longestNs = 0;

  /** @param count of the run that begins with the event, see `eachOfRun` */
  fold(event: EventRecord, count = 1): void {
    const kind: number = event.kind;
    if (kind === EventKind.sendInvoke) this.#invoked(event, count);
    else if (kind === EventKind.sendSettled) this.#settled(event, count);
    else if (kind === EventKind.crashed) {
      this.#senders.delete(event.actor);
      this.#lastActor = -1;
    }
  }

  #senderOf(actor: number): Sender | undefined {
    if (actor !== this.#lastActor) {
      this.#lastActor = actor;
      this.#lastSender = this.#senders.get(actor);
    }
    return this.#lastSender;
  }

  #invoked({ actor, timeNs }: EventRecord, count: number): void {
    const sender = this.#senderOf(actor);
    if (sender === undefined) {
      this.#senders.set(actor, { unanswered: count, sinceNs: timeNs });
      this.#lastActor = -1;
      return;
    }
    if (sender.sinceNs < 0) sender.sinceNs = timeNs;
    else this.#lasts(sender, timeNs);
    sender.unanswered += count;
  }

  #settled({ actor, timeNs, outcome }: EventRecord, count: number): void {
    const sender = this.#senderOf(actor);
    if (sender === undefined) return;
    sender.unanswered -= count;
    this.#lasts(sender, timeNs);
    if (outcome === OutcomeCode.ok) sender.sinceNs = sender.unanswered > 0 ? timeNs : -1;
  }

  #lasts({ sinceNs }: Sender, untilNs: number): void {
    if (sinceNs >= 0) this.longestNs = Math.max(this.longestNs, untilNs - sinceNs);
  }
}
