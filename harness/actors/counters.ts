import type { ActorCounters } from './actor.ts';

/**
 * Counters in memory that survives the actor. Each is one aligned 8-byte float with one writer, so a
 * reader sees an old value or a new one, never a torn one, and a crash loses nothing that was counted.
 */
export const CounterSlot = {
  sent: 0,
  acknowledged: 1,
  unsettledSends: 2,
  delivered: 3,
  unsettledDeliveries: 4,
  settled: 5,
  /** 1 while the thread stands still for a crash, or until it may go on. */
  isFrozen: 6,
  /** Written by the coordinator: 1 once a producer may send what it holds back for a fault. */
  isReleased: 7,
  halfTransformed: 8,
  /** Written by the coordinator: 1 once the load of a producer has warmed up. */
  isMeasured: 9,
  arrived: 10,
  responseNs: 11,
  /** Written by the coordinator: messages of a lower seq are poisonous no more. */
  repairedBelow: 12,
  /** Written by the coordinator, as a 32-bit integer that a thread can wait for: 1 once one that was frozen may go on. */
  isThawed: 13,
  effectsAlone: 14,
  offsetsIncluded: 15,
  committed: 16,
  /** Written by the coordinator: the epoch of the cell, to which belongs what is measured now. */
  epoch: 17,
  leasedUntilNs: 18,
  /** How often a transformer has done the first half of a batch's work. */
  halves: 19,
  throttled: 20,
} as const;

export function createCounters(): SharedArrayBuffer {
  return new SharedArrayBuffer(Object.keys(CounterSlot).length * Float64Array.BYTES_PER_ELEMENT);
}

/** What a frozen thread waits for. */
export function thawGate(memory: SharedArrayBuffer): Int32Array<SharedArrayBuffer> {
  return new Int32Array(memory, CounterSlot.isThawed * Float64Array.BYTES_PER_ELEMENT, 1);
}

export function readCounters(memory: SharedArrayBuffer): ActorCounters {
  const slots = new Float64Array(memory);
  return {
    sent: slots[CounterSlot.sent] ?? 0,
    acknowledged: slots[CounterSlot.acknowledged] ?? 0,
    unsettledSends: slots[CounterSlot.unsettledSends] ?? 0,
    delivered: slots[CounterSlot.delivered] ?? 0,
    unsettledDeliveries: slots[CounterSlot.unsettledDeliveries] ?? 0,
    halfTransformed: slots[CounterSlot.halfTransformed] ?? 0,
    effectsAlone: slots[CounterSlot.effectsAlone] ?? 0,
    offsetsIncluded: slots[CounterSlot.offsetsIncluded] ?? 0,
    committed: slots[CounterSlot.committed] ?? 0,
    settled: slots[CounterSlot.settled] ?? 0,
    arrived: slots[CounterSlot.arrived] ?? 0,
    responseNs: slots[CounterSlot.responseNs] ?? 0,
    throttled: slots[CounterSlot.throttled] ?? 0,
    leasedUntilNs: slots[CounterSlot.leasedUntilNs] ?? 0,
    isFrozen: slots[CounterSlot.isFrozen] === 1,
  };
}
