import { Journal, type FsyncPolicy } from '../../../engines/embedded/journal/journal.ts';
import type { CommitLog } from '../../../engines/embedded/journal/commit-log.ts';
import type { ReplayEntry } from '../../../engines/embedded/journal/recovery.ts';
import { type Checkpointed, Space } from '../../../engines/embedded/journal/space.ts';
import { LogBroker } from '../../../engines/embedded/log/log-broker.ts';
import { RoutingBroker } from '../../../engines/embedded/broker/routing-broker.ts';
import { type Keeps, keepsAll } from '../../../engines/embedded/rules.ts';
import { QueueBroker } from '../../../engines/embedded/queue/queue-broker.ts';
import type { MemoryStorage } from './memory-storage.ts';

export const segmentBytes = 65_536;

/** A state machine over what `storage` holds: called again with the same storage it is a restart. */
export function logBrokerOn(
  storage: MemoryStorage,
  fsync: FsyncPolicy = { kind: 'never' },
  wallMs: () => number = () => 0,
): LogBroker {
  const link = lateJournal();
  const broker = new LogBroker(link.log, {
    rebalanceTimeoutMs: 1000,
    cacheBytes: 1000,
    keeps: keepsAll,
    cleanupEveryMs: 100,
    wallMs,
  });
  link.open(storage, fsync, (payload, address) => broker.replay(payload, address));
  link.tend(broker.lasting);
  return broker;
}

export function queueBrokerOn(
  storage: MemoryStorage,
  options: { fsync?: FsyncPolicy; maxInFlight?: number } = {},
): QueueBroker {
  const link = lateJournal();
  const broker = new QueueBroker(link.log, {
    cacheBytes: 1000,
    maxInFlight: options.maxInFlight ?? 1000,
    keeps: keepsAll,
  });
  link.open(storage, options.fsync ?? { kind: 'never' }, (payload, address) =>
    broker.replay(payload, address),
  );
  broker.recovered();
  link.tend(broker.lasting);
  return broker;
}

export function routingBrokerOn(
  storage: MemoryStorage,
  options: { fsync?: FsyncPolicy; keeps?: Keeps } = {},
): RoutingBroker {
  const link = lateJournal();
  const broker = new RoutingBroker(link.log, {
    cacheBytes: 1000,
    keeps: options.keeps ?? keepsAll,
  });
  link.open(storage, options.fsync ?? { kind: 'never' }, (payload, address) =>
    broker.replay(payload, address),
  );
  broker.recovered();
  link.tend(broker.lasting);
  return broker;
}

function lateJournal(): {
  log: CommitLog;
  open: (storage: MemoryStorage, fsync: FsyncPolicy, replay: ReplayEntry) => void;
  /** From now on space is given back. */
  tend: (of: Checkpointed) => void;
} {
  let journal: Journal | undefined;
  let space: Space | undefined;
  const opened = (): Journal => {
    if (journal === undefined) throw new Error('not open yet');
    return journal;
  };
  return {
    log: {
      append: (chunks) => {
        space?.tend();
        return opened().append(chunks);
      },
      when: (index, need, done) => opened().when(index, need, done),
      read: (slice) => opened().read(slice),
    },
    open: (storage, fsync, replay) => {
      const options = {
        fsync,
        segmentBytes,
        salt: () => 7,
        onFailure: () => {},
        keeps: keepsAll,
      };
      journal = Journal.open(storage, options, replay).journal;
    },
    tend: (of) => {
      space = new Space(opened(), segmentBytes, of);
    },
  };
}
