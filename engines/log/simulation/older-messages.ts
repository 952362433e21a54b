import { EventKind } from '../../../harness/core/events.ts';
import { keepEverything, type TopicPolicy } from '../../embedded/log/topic-policy.ts';
import { batchBytes } from '../../embedded/protocol/batch.ts';
import type { Dice } from '../../embedded/simulation/dice.ts';
import { encodeMessage, type MessageId } from '../../embedded/simulation/message.ts';
import type { SimulatedWorld } from '../../simulation.ts';
import type { MessageRun } from './message-runs.ts';

/** What a reader went past, because the partition begins behind it. */
export interface Skip {
  readonly group: number;
  readonly partition: number;
  readonly from: number;
  /** Where the partition began by then, and ended. */
  readonly start: number;
  readonly end: number;
}

interface Known extends MessageId {
  readonly partition: number;
  /** The highest that anybody was told. */
  offset: number;
}

const keysPerLane = 3;
/** A batch of one message takes the most room for each. */
const messageBytesMost = batchBytes([
  { key: undefined, headers: undefined, body: encodeMessage({ lane: 0, seq: 0 }) },
]);
/** The broker stamps whole milliseconds. */
const stampMs = 1;

export function somePolicy(dice: Dice): TopicPolicy {
  const segmentBytes = dice.between(60, 300);
  const [ms, bytes] = [dice.between(40, 120), dice.between(200, 800)];
  switch (dice.oneOf(['keep', 'keep', 'keep', 'ms', 'bytes', 'compact'] as const)) {
    case 'keep':
      return keepEverything;
    case 'ms':
      return { segmentBytes, cleanup: { kind: 'delete', ms, bytes: undefined } };
    case 'bytes':
      return { segmentBytes, cleanup: { kind: 'delete', ms: undefined, bytes } };
    case 'compact':
      return { segmentBytes, cleanup: { kind: 'compact', tombstoneMs: 1_000 } };
  }
}

/** For the title of a play; empty where everything is kept. */
export function policyInWords({ cleanup }: TopicPolicy): string {
  if (cleanup.kind === 'keep') return '';
  if (cleanup.kind === 'compact') return ', compacted';
  return cleanup.ms === undefined ? ', retention by bytes' : ', retention by time';
}

/**
 * Which messages of a topic its groups may miss: a reference that knows what clients were told and the policy,
 * and nothing of the broker. What the policy does not excuse and nobody gets is lost.
 */
export class OlderMessages {
  readonly policy: TopicPolicy;
  readonly #world: SimulatedWorld;
  readonly #groups: number;
  readonly #apartMs: number;
  /** By lane and seq. */
  readonly #sentNs: number[][] = [];
  readonly #places: Known[][] = [];
  /** All of them, in the order in which they became known. */
  readonly #known: Known[] = [];
  /** By partition and key, the highest place of any message. */
  readonly #newest: number[][] = [];
  readonly #skips: (Skip & { readonly atNs: number })[] = [];

  /** @param apartMs what two machines, or two lives of one, may disagree on the time of day */
  constructor(world: SimulatedWorld, policy: TopicPolicy, groups: number, apartMs: number) {
    this.policy = policy;
    this.#world = world;
    this.#groups = groups;
    this.#apartMs = apartMs;
  }

  get #keepsAll(): boolean {
    return this.policy.cleanup.kind === 'keep';
  }

  /** Messages without one are kept, as far as this policy goes. */
  get hasKeys(): boolean {
    return this.policy.cleanup.kind === 'compact';
  }

  keyOf({ lane, seq }: MessageId): Buffer {
    return Buffer.from(`${lane} ${seq % keysPerLane}`);
  }

  /** Before this instant nobody can have stored them. */
  sent({ lane, seq, count }: MessageRun): void {
    if (this.#keepsAll) return;
    const sentNs = listAt(this.#sentNs, lane);
    for (let at = 0; at < count; at += 1) sentNs[seq + at] = this.#world.agenda.nowNs;
  }

  /** Somebody was told that they stand there, one after the other. */
  stored({ lane, seq, count }: MessageRun, partition: number, offset: number): void {
    if (this.#keepsAll) return;
    for (let at = 0; at < count; at += 1) {
      this.#storedOne({ lane, seq: seq + at }, partition, offset + at);
    }
  }

  #storedOne({ lane, seq }: MessageId, partition: number, offset: number): void {
    const ofLane = listAt(this.#places, lane);
    let known = ofLane[seq];
    if (known === undefined) {
      known = { lane, seq, partition, offset };
      ofLane[seq] = known;
      this.#known.push(known);
    }
    known.offset = Math.max(known.offset, offset);
    const newest = listAt(this.#newest, partition);
    const key = keyNumber(known);
    newest[key] = Math.max(offset, newest[key] ?? 0);
  }

  skipped(skip: Skip): void {
    this.#world.mark('retention removed what a reader came for');
    this.#skips.push({ ...skip, atNs: this.#world.agenda.nowNs });
  }

  /** A reader that is at `position` gets the message at `offset` next. */
  read(position: number, offset: number): void {
    const isGap = offset > position && this.policy.cleanup.kind === 'compact';
    if (isGap) this.#world.mark('compaction removed older messages of a key');
  }

  /** When everything is over: what the groups need not have got. */
  writeExcuses(): void {
    for (let group = 0; group < this.#groups; group += 1) {
      for (const message of this.#known) {
        if (!this.#isExcused(group, message)) continue;
        const { lane, seq } = message;
        this.#world.history.write(EventKind.expired, { lane, seq, group });
      }
    }
  }

  #isExcused(group: number, message: Known): boolean {
    if (this.policy.cleanup.kind === 'compact') return this.#isReplaced(message);
    const { partition, offset } = message;
    return this.#skips.some((skip) => {
      const isMeant = skip.group === group && skip.partition === partition;
      const isPassed = offset >= skip.from && offset < skip.start;
      return isMeant && isPassed && this.#wasRemovable(message, skip);
    });
  }

  #wasRemovable(message: Known, { end, atNs }: { end: number; atNs: number }): boolean {
    const { cleanup } = this.policy;
    if (cleanup.kind !== 'delete') return false;
    if (cleanup.bytes !== undefined) {
      return (end - message.offset) * messageBytesMost >= cleanup.bytes;
    }
    const sentNs = this.#sentNs[message.lane]?.[message.seq] ?? Number.POSITIVE_INFINITY;
    const leastMs = (cleanup.ms ?? Number.POSITIVE_INFINITY) - stampMs - this.#apartMs;
    return sentNs + leastMs * 1e6 <= atNs;
  }

  /** Another message of its key stands behind it, as far as anybody knows. */
  #isReplaced(message: Known): boolean {
    const newest = this.#newest[message.partition]?.[keyNumber(message)];
    return newest !== undefined && newest > message.offset;
  }
}

function keyNumber({ lane, seq }: MessageId): number {
  return lane * keysPerLane + (seq % keysPerLane);
}

function listAt<T>(lists: T[][], at: number): T[] {
  lists[at] ??= [];
  return lists[at];
}
