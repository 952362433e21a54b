import { grown, MessageTable } from './message-table.ts';

/** Bits of an entry. */
export const HoldFlag = {
  /** Something happened that justifies a redelivery: requeue, end of the session, revocation, seek. */
  cause: 1,
  /** The holder has sent an acknowledgement whose effect is not known yet. */
  settling: 2,
  /** The broker called this delivery the first one. */
  calledFirst: 4,
  /** The holder has sent a rejection, which may have removed the message. */
  rejecting: 8,
  /** What is held is not the copy that was delivered first. */
  secondCopy: 16,
} as const;

/** The deliveries of one group that are neither settled nor superseded, by message. */
export class InFlight extends MessageTable {
  actor = new Uint16Array(this.firstCapacity);
  session = new Uint32Array(this.firstCapacity);
  /** When the holder's callback ran. */
  deliveredNs = new Float64Array(this.firstCapacity);
  /** The lease can have ended from this instant on; infinite without a lease. */
  leaseMayEndNs = new Float64Array(this.firstCapacity);
  /** The lease has certainly ended from this instant on; infinite without a lease. */
  leaseEndsNs = new Float64Array(this.firstCapacity);
  /** Which delivery of the message the broker called it; 0 when it does not count. */
  attempt = new Uint16Array(this.firstCapacity);
  flags = new Uint8Array(this.firstCapacity);

  /** The message's entry with its flags cleared; -1 when the table is full. */
  override open(lane: number, seq: number): number {
    const entry = super.open(lane, seq);
    if (entry >= 0) this.flags[entry] = 0;
    return entry;
  }

  protected columnBytes(): number {
    return 33;
  }

  protected growColumns(capacity: number): void {
    this.actor = grown(new Uint16Array(capacity), this.actor);
    this.session = grown(new Uint32Array(capacity), this.session);
    this.deliveredNs = grown(new Float64Array(capacity), this.deliveredNs);
    this.leaseMayEndNs = grown(new Float64Array(capacity), this.leaseMayEndNs);
    this.leaseEndsNs = grown(new Float64Array(capacity), this.leaseEndsNs);
    this.attempt = grown(new Uint16Array(capacity), this.attempt);
    this.flags = grown(new Uint8Array(capacity), this.flags);
  }
}
