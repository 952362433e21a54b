import { describe, expect, it } from 'vitest';
import { emptyEvent, EventKind, OutcomeCode } from '../../../harness/core/events.ts';
import { AcknowledgedMessages } from '../../../harness/run/acknowledged-messages.ts';
import type { LaterCopy } from '../../../harness/run/later-reader.ts';
import { differences } from '../../../harness/run/read-again.ts';
import { middleInstant, sideOf } from '../../../harness/run/start-in-time.ts';

interface Sent extends LaterCopy {
  /** The broker's time, which nobody here sees. */
  readonly storedNs: number;
  readonly acknowledgedNs: number | undefined;
}

const everyNs = 10e6;
const count = 200;
const epochMs = 1_700_000_000_000;
/** A second after the last one, and a quarter of a millisecond unsure. */
const readAt = { monotonicNs: 3e9, wallMs: epochMs + 3_000, uncertainNs: 250e3 };

/** Every ten milliseconds one, stored after one and acknowledged after two, unless the machine stands still between. */
function sentOn(stall: { readonly from: number; readonly until: number; readonly ns: number }) {
  return Array.from({ length: count }, (_, seq): Sent => {
    const sentNs = seq * everyNs;
    const lateNs = seq >= stall.from && seq < stall.until ? stall.ns : 0;
    const storedNs = sentNs + 1e6 + lateNs;
    const acknowledgedNs = storedNs + 1e6;
    const message = `0:${seq}`;
    const scope = 0;
    return { scope, position: undefined, message, lane: 0, seq, sentNs, storedNs, acknowledgedNs };
  });
}

function readFromMiddle(first: readonly Sent[]) {
  const acknowledged = new AcknowledgedMessages();
  for (const { seq, acknowledgedNs } of first) {
    const outcome = acknowledgedNs === undefined ? OutcomeCode.unknown : OutcomeCode.ok;
    const kind = EventKind.sendSettled;
    const timeNs = acknowledgedNs ?? 0;
    acknowledged.observe({ ...emptyEvent(), kind, outcome, lane: 0, seq, timeNs });
  }
  const instant = middleInstant(first, readAt);
  const again = first.filter(({ storedNs }) => epochMs + storedNs / 1e6 >= instant.timeMs);
  const is = (copy: LaterCopy) => sideOf(copy, acknowledged.atNs(copy.message), instant);
  return { again, instant, is };
}

const calm = { from: 0, until: 0, ns: 0 };
const stalled = { from: 60, until: 101, ns: 400e6 };

describe('a reading from an instant', () => {
  it('begins in the middle of the load, in the time that brokers tell', () => {
    expect(readFromMiddle(sentOn(calm)).instant).toMatchObject({
      atNs: 1e9,
      timeMs: epochMs + 1_000,
    });
  });

  it.each([
    { what: 'nothing stood still', stall: calm },
    { what: 'the machine stood still between sending and storing', stall: stalled },
  ])('accuses nobody where $what', ({ stall }) => {
    const first = sentOn(stall);
    const { again, is } = readFromMiddle(first);
    expect(differences(first, again, { is })).toBe(0);
    const certain = first.filter((copy) => is(copy) !== 'either').length;
    expect(certain).toBeGreaterThan(count / 2);
  });

  it.each([calm, stalled])('finds one that is missing ($ns ns)', (stall) => {
    const first = sentOn(stall);
    const { again, is } = readFromMiddle(first);
    const without = again.filter(({ seq }) => seq !== count - 1);
    expect(differences(first, without, { is })).toBe(1);
  });

  it.each([calm, stalled])('finds one that was stored long before ($ns ns)', (stall) => {
    const first = sentOn(stall);
    const { again, is } = readFromMiddle(first);
    const [extra] = first;
    if (extra === undefined) throw new Error('nothing was sent');
    expect(differences(first, [extra, ...again], { is })).toBeGreaterThan(0);
  });

  it('does not say of a message whose acknowledgement nobody saw that it was stored before', () => {
    const first = sentOn(calm).map((one) => ({ ...one, acknowledgedNs: undefined }));
    const { is } = readFromMiddle(first);
    expect(new Set(first.map(is))).toEqual(new Set(['either', 'in']));
  });
});
