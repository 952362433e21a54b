import { EventKind, type EventRecord, noLane } from '../../core/events.ts';
import { isAboutMessage } from '../../core/message-kinds.ts';
import type { WitnessRecord } from '../../record/schema.ts';
import type { Culprit } from '../check.ts';
import { type Candidate, OwnEvents, Rank } from './candidates.ts';
import { messageName, type Surroundings, type Target, witnessOf } from './target.ts';

type MessageCulprit = Extract<Culprit, { readonly about: 'message' }>;

/** Everything about one message, and the first deliveries of its neighbours in the lane. */
export class MessageTarget implements Target {
  readonly culprit: MessageCulprit;
  readonly #own = new OwnEvents();
  readonly #neighbours = new Map<number, Candidate>();

  constructor(culprit: MessageCulprit) {
    this.culprit = culprit;
  }

  own(event: EventRecord, order: number): void {
    this.#own.add(event, order);
  }

  neighbour(event: EventRecord, order: number): void {
    if (event.kind !== EventKind.deliver || event.group !== this.culprit.group) return;
    if (this.#neighbours.has(event.seq)) return;
    this.#neighbours.set(event.seq, { rank: Rank.near, order, event: { ...event } });
  }

  witness(surroundings: Surroundings): WitnessRecord {
    const { names, limit } = surroundings;
    const { lane, seq } = this.culprit;
    const message = messageName(lane, seq, names);
    const seqs = [...this.#neighbours.keys()].toSorted((a, b) => a - b);
    return witnessOf(
      {
        culprit: this.culprit,
        subject: lane === noLane ? 'an unreadable message' : `message ${message}`,
        message,
        own: this.#own.list().map(({ event }) => event),
        candidates: [...this.#own.ranked(limit), ...this.#neighbours.values()],
        total: this.#own.total + this.#neighbours.size,
        neighbours: seqs.map((near) => messageName(lane, near, names)),
      },
      surroundings,
    );
  }
}

/** Finds targets by message and by neighbour, without making a string for each event. */
export class MessageIndex {
  readonly #own = new Map<number, Map<number, MessageTarget[]>>();
  readonly #near = new Map<number, Map<number, MessageTarget[]>>();

  add(target: MessageTarget): void {
    const { lane, seq } = target.culprit;
    put(this.#own, lane, seq, target);
    if (lane === noLane) return;
    put(this.#near, lane, seq - 1, target);
    put(this.#near, lane, seq + 1, target);
  }

  show(event: EventRecord, order: number): void {
    if (!isAboutMessage(event.kind)) return;
    const { lane, seq } = event;
    this.#own
      .get(lane)
      ?.get(seq)
      ?.forEach((target) => target.own(event, order));
    this.#near
      .get(lane)
      ?.get(seq)
      ?.forEach((target) => target.neighbour(event, order));
  }
}

function put(
  index: Map<number, Map<number, MessageTarget[]>>,
  lane: number,
  seq: number,
  target: MessageTarget,
): void {
  const bySeq = index.get(lane) ?? new Map<number, MessageTarget[]>();
  index.set(lane, bySeq);
  const targets = bySeq.get(seq) ?? [];
  bySeq.set(seq, targets);
  targets.push(target);
}
