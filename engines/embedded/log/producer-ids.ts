import type { LogEntry } from './entries.ts';

/** The id of a producer that an entry gives out, 0 where it gives none. */
export function newestProducer(entry: LogEntry): number {
  switch (entry.kind) {
    case 'producer-registered':
      return entry.producer;
    case 'transactional-producer':
      return entry.identity.producer;
    case 'transaction-ended':
      return entry.next.producer;
    case 'numbers-kept':
      return entry.nextProducer - 1;
    default:
      return 0;
  }
}
