import type { ActorContext, Delivery } from '../engine.ts';
import { contentOf, placeOf, type RawEntry } from './entries.ts';
import type { Link } from './link.ts';
import type { RedisOptions } from './options.ts';

/** Which group of which stream, and as whom. */
export interface GroupPlace {
  readonly stream: string;
  readonly scope: number;
  readonly group: string;
  /** Unlike that of any other consumer of the group, ever: pending entries belong to a name. */
  readonly consumer: string;
}

/** What `settle` is handed back. */
export interface Token {
  readonly id: string;
}

type Pending = readonly [id: string, consumer: string, idleMs: number, deliveries: number];

/** A read waits for so long on the server, and no longer than the next look for what can be claimed. */
const longestBlockMs = 1_000;
const looksInALease = 10;

/**
 * Reads for one consumer of a group, one question at a time: each asks for no more than is wanted at that instant.
 * What nobody has read yet comes from XREADGROUP. What was delivered and not acknowledged for as long as a lease is
 * looked for with XPENDING, which also tells how often it was delivered, and taken with XCLAIM, which refuses what
 * somebody else has taken meanwhile.
 */
export class GroupReader {
  readonly #link: Link;
  readonly #options: RedisOptions;
  readonly #at: GroupPlace;
  readonly #actor: ActorContext;
  readonly #lookEveryMs: number;
  #lookedNs = 0;

  constructor(link: Link, options: RedisOptions, at: GroupPlace, actor: ActorContext) {
    this.#link = link;
    this.#options = options;
    this.#at = at;
    this.#actor = actor;
    this.#lookEveryMs = Math.min(Math.ceil(options.claimAfterMs / looksInALease), longestBlockMs);
  }

  /** Nothing where nothing has come for a while. */
  async next(most: number): Promise<readonly Delivery[]> {
    if (this.#options.acknowledgement === 'none') return this.#read(most, longestBlockMs);
    const sinceMs = (this.#actor.nowNs() - this.#lookedNs) / 1e6;
    const leftMs = Math.floor(this.#lookEveryMs - sinceMs);
    if (leftMs > 0) return this.#read(most, leftMs);
    const claimed = await this.#claim(most);
    // There may be more of them.
    if (claimed.length < most) this.#lookedNs = this.#actor.nowNs();
    return claimed;
  }

  async #read(most: number, blockMs: number): Promise<readonly Delivery[]> {
    const { stream, group, consumer } = this.#at;
    const withoutAck = this.#options.acknowledgement === 'none' ? ['NOACK'] : [];
    const asks = ['XREADGROUP', 'GROUP', group, consumer, 'COUNT', String(most)];
    const requestedNs = this.#actor.nowNs();
    const reply = await this.#link.call<readonly (readonly [Buffer, readonly RawEntry[]])[] | null>(
      [...asks, 'BLOCK', String(blockMs), ...withoutAck, 'STREAMS', stream, '>'],
      'bytes',
    );
    const [, entries = []] = reply?.[0] ?? [];
    return entries.map((entry) => this.#delivery(entry, requestedNs, 1));
  }

  async #claim(most: number): Promise<readonly Delivery[]> {
    const { stream, group, consumer } = this.#at;
    const leaseMs = String(this.#options.claimAfterMs);
    const idle = ['XPENDING', stream, group, 'IDLE', leaseMs, '-', '+', String(most)];
    const pending = await this.#link.call<readonly Pending[]>(idle);
    if (pending.length === 0) return [];
    const before = new Map(pending.map(([id, , , deliveries]) => [id, deliveries]));
    const requestedNs = this.#actor.nowNs();
    const entries = await this.#link.call<readonly (RawEntry | null)[]>(
      ['XCLAIM', stream, group, consumer, leaseMs, ...before.keys()],
      'bytes',
    );
    // An entry that was trimmed meanwhile is there no more; servers before 7.0 answer with nothing in its place.
    return entries.flatMap((entry) => {
      if (entry === null) return [];
      const attempt = (before.get(String(entry[0])) ?? 0) + 1;
      return [this.#delivery(entry, requestedNs, attempt)];
    });
  }

  #delivery([rawId, fields]: RawEntry, requestedNs: number, attempt: number): Delivery {
    const id = rawId.toString();
    const counts = this.#options.acknowledgement === 'explicit';
    const token: Token = { id };
    return {
      ...contentOf(fields),
      place: placeOf(id, this.#at.scope),
      attempt: counts ? attempt : undefined,
      redelivered: counts ? attempt > 1 : undefined,
      requestedNs,
      leaseMs: counts ? this.#options.claimAfterMs : undefined,
      token,
    };
  }
}
