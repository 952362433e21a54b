import type { PlaceOf } from '../journal/space.ts';
import { runsOf } from '../journal/runs.ts';
import type { BrokerQueue } from './broker-queue.ts';
import type { BrokerState } from './broker-state.ts';
import type { Copy } from './copy.ts';
import { type BrokerEntry, encodeBrokerEntry } from './entries.ts';

/** The copies that outlive the process. */
export function* persistentCopies({ copies }: BrokerQueue): Generator<Copy> {
  for (const copy of copies) if (copy.message.persistent) yield copy;
}

/** What a checkpoint holds of the broker: entries that lead to what lasts of its state. */
export function* keptState(state: BrokerState, placeOf: PlaceOf): Generator<Buffer> {
  for (const entry of keptEntries(state, placeOf)) yield encodeBrokerEntry(entry);
}

function* keptEntries(state: BrokerState, placeOf: PlaceOf): Generator<BrokerEntry> {
  const { exchanges, nextExchange, nextQueue, nextCopy } = state;
  const queues = [...state.queues.values()].filter(({ spec }) => !spec.exclusive);
  for (const { id, spec } of exchanges.declared) {
    yield { kind: 'exchange-declared', exchange: id, spec };
  }
  for (const { id, spec } of queues) yield { kind: 'queue-declared', queue: id, spec };
  for (const { id, bindings } of exchanges.declared) {
    for (const { queue, spec } of bindings) {
      if (state.isPassing(queue)) continue;
      yield { kind: 'bound', exchange: id, queue, spec };
    }
  }
  for (const queue of queues) {
    const runs = runsOf(persistentCopies(queue), ({ message }) => message.stored);
    for (const [stored, copies] of runs) {
      yield {
        kind: 'copies-kept',
        queue: queue.id,
        batch: placeOf(stored),
        priority: copies[0]?.message.priority ?? 0,
        copies: copies.map(({ id, message, deliveries, deaths }) => {
          return { id, slot: message.slot, deliveries, deaths };
        }),
      };
    }
  }
  // The last word: what was declared above counts for itself.
  yield { kind: 'numbers-kept', nextExchange, nextQueue, nextCopy };
}
