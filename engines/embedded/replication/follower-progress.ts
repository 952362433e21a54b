import type { Fetch, Member } from './messages.ts';

/** What a leader knows of one follower. */
export class FollowerProgress {
  /** The follower holds all entries before it, which match the leader's. */
  position = 0;
  /** Its long poll, while there is nothing to answer it with. */
  waiting: { readonly fetch: Fetch; readonly untilMs: number } | undefined;
  readonly member: Member;
  #request = 0;
  #caughtUpMs: number;
  #askedMs: number;
  #endWhenAsked: number;

  /** @param end of the leader's log; a follower has time from now on to reach it */
  constructor(member: Member, end: number, nowMs: number) {
    this.member = member;
    this.#caughtUpMs = nowMs;
    this.#askedMs = nowMs;
    this.#endWhenAsked = end;
  }

  /** False for what was overtaken by a later request. */
  isNew({ request }: Fetch): boolean {
    return request > this.#request;
  }

  /**
   * It was as far as the leader now, or when it asked last. Otherwise a follower of a log that grows all the
   * time would never have caught up (Kafka, `replica.lag.time.max.ms`).
   */
  asked({ request, position }: Fetch, end: number, nowMs: number): void {
    this.#request = request;
    this.position = position;
    if (position >= end) this.#caughtUpMs = nowMs;
    else if (position >= this.#endWhenAsked) this.#caughtUpMs = this.#askedMs;
    this.#askedMs = nowMs;
    this.#endWhenAsked = end;
  }

  lagMs(nowMs: number): number {
    return nowMs - this.#caughtUpMs;
  }
}
