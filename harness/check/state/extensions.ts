import { type EventRecord, OutcomeCode } from '../../core/events.ts';
import type { InFlight } from './in-flight.ts';
import { pairKey } from './pair-key.ts';

interface OpenExtension {
  readonly session: number;
  readonly ticket: number;
  readonly beganNs: number;
  readonly leaseNs: number;
  /** No other extension of the same hold was under way meanwhile. */
  isAlone: boolean;
}

/**
 * Extensions under way, of what one group holds. While one is open nobody knows whether the lease counts
 * from it, so it widens what is known of the lease's end; an answer that it was applied makes that exact
 * again, if no other extension ran at the same time. To extend by nothing is to give back.
 */
export class Extensions {
  readonly #inFlight: InFlight;
  readonly #open = new Map<number, OpenExtension[]>();

  constructor(inFlight: InFlight) {
    this.#inFlight = inFlight;
  }

  begin(lane: number, { seq, session, ticket, timeNs, ref }: EventRecord): void {
    const entry = this.#inFlight.find(lane, seq);
    if (entry < 0) return;
    const leaseNs = ref * 1e6;
    const { leaseMayEndNs, leaseEndsNs } = this.#inFlight;
    leaseMayEndNs[entry] = Math.min(leaseMayEndNs[entry] ?? 0, timeNs + leaseNs);
    // It can only be applied while the lease runs, so that it lengthens it by as much at most.
    leaseEndsNs[entry] = (leaseEndsNs[entry] ?? 0) + leaseNs;
    const key = pairKey(lane, seq);
    const open = this.#open.get(key) ?? [];
    this.#open.set(key, open);
    for (const other of open) other.isAlone = false;
    open.push({ session, ticket, beganNs: timeNs, leaseNs, isAlone: open.length === 0 });
  }

  end(lane: number, { seq, session, ticket, timeNs, outcome, ref }: EventRecord): void {
    const key = pairKey(lane, seq);
    const open = this.#open.get(key) ?? [];
    const at = open.findIndex((one) => one.session === session && one.ticket === ticket);
    const ended = open[at];
    // One of unknown outcome may be applied later still, and stays open.
    if (ended !== undefined && outcome !== OutcomeCode.unknown) open.splice(at, 1);
    if (open.length === 0) this.#open.delete(key);
    const entry = this.#inFlight.find(lane, seq);
    if (entry < 0 || outcome !== OutcomeCode.ok) return;
    const { leaseMayEndNs, leaseEndsNs, deliveredNs } = this.#inFlight;
    const leaseNs = ended?.leaseNs ?? ref * 1e6;
    if (ended?.isAlone === true && session === this.#inFlight.session[entry]) {
      leaseMayEndNs[entry] = ended.beganNs + leaseNs;
      leaseEndsNs[entry] = timeNs + leaseNs;
      return;
    }
    const beganNs = ended?.beganNs ?? deliveredNs[entry] ?? 0;
    leaseMayEndNs[entry] = Math.min(leaseMayEndNs[entry] ?? 0, beganNs + leaseNs);
    leaseEndsNs[entry] = Math.max(leaseEndsNs[entry] ?? 0, timeNs + leaseNs);
  }

  /** The hold that they were of is over. */
  forget(lane: number, seq: number): void {
    if (this.#open.size > 0) this.#open.delete(pairKey(lane, seq));
  }
}
