import { Journal, type FsyncPolicy } from '../journal/journal.ts';
import { type CommitLog, JournalError } from '../journal/commit-log.ts';
import type { ReplayEntry } from '../journal/recovery.ts';
import { type Checkpointed, Space } from '../journal/space.ts';
import type { Storage } from '../journal/storage.ts';
import { RoutingBroker } from '../broker/routing-broker.ts';
import { LogBroker } from '../log/log-broker.ts';
import { type BrokerKind, maxFrameBytes } from '../protocol/protocol.ts';
import { QueueBroker } from '../queue/queue-broker.ts';
import { type Keeps, keepsAll } from '../rules.ts';
import { brokerService } from './broker-service.ts';
import { logService } from './log-service.ts';
import type { Service } from './peer.ts';
import { queueService } from './queue-service.ts';

export interface BrokerOptions {
  readonly kind: BrokerKind;
  readonly fsync: FsyncPolicy;
  readonly rebalanceTimeoutMs: number;
  readonly maxInFlight: number;
  readonly salt: () => number;
  /** Milliseconds since 1970, whole ones. */
  readonly wallMs: () => number;
  readonly onFailure: (error: JournalError) => void;
  /** Since the journal was last written to; see `JournalOptions`. */
  readonly mayHaveLostPower: boolean;
  /** Of a segment of the journal; one entry must fit. Absent: as many as the largest frame needs, and more. */
  readonly segmentBytes?: number;
  /** Of the newest batches, in memory. Absent: 64 MiB. */
  readonly cacheBytes?: number;
  /** All of them unless somebody wants to see what follows. */
  readonly keeps?: Keeps;
}

/** One entry must fit a segment, and one entry is one frame at most. */
const defaultSegmentBytes = 8 * maxFrameBytes;
const defaultCacheBytes = 64 * 1024 * 1024;
const cleanupEveryMs = 100;

/** Recovers the journal into a state machine and puts it behind its service. */
export function openBroker(
  storage: Storage,
  options: BrokerOptions,
): { readonly service: Service; readonly journal: Journal; readonly truncatedBytes: number } {
  // The state machine needs the journal and the journal's recovery needs the state machine.
  const link: { journal?: Journal; space?: Space } = {};
  const log: CommitLog = {
    append: (chunks) => {
      // Only then is the state that of all entries in the journal.
      link.space?.tend();
      return opened(link).append(chunks);
    },
    when: (index, need, done) => opened(link).when(index, need, done),
    read: (slice) => opened(link).read(slice),
  };
  const segmentBytes = options.segmentBytes ?? defaultSegmentBytes;
  const { service, of, replay, recovered } = view(log, options);
  const journalOptions = {
    fsync: options.fsync,
    segmentBytes,
    salt: options.salt,
    onFailure: options.onFailure,
    mayHaveLostPower: options.mayHaveLostPower,
    keeps: options.keeps ?? keepsAll,
  };
  const { journal, truncatedBytes } = Journal.open(storage, journalOptions, replay);
  link.journal = journal;
  refuseUnlessWhole(journal, of);
  recovered();
  link.space = new Space(journal, segmentBytes, of);
  return { service, journal, truncatedBytes };
}

/**
 * A checkpoint refers to segments from before it, and says nothing of one that is gone, with the directory of a tier,
 * say: whoever read what was there would be the first to find out.
 *
 * @throws JournalError
 */
function refuseUnlessWhole(journal: Journal, of: Checkpointed): void {
  const there = new Set(journal.segments.map(({ segment }) => segment));
  for (const { segment } of of.live()) {
    if (there.has(segment)) continue;
    throw new JournalError(
      'corrupt',
      `journal segment ${segment} is missing, and messages are in it`,
    );
  }
}

function view(
  log: CommitLog,
  options: BrokerOptions,
): { service: Service; of: Checkpointed; replay: ReplayEntry; recovered: () => void } {
  const { keeps = keepsAll, cacheBytes = defaultCacheBytes } = options;
  switch (options.kind) {
    case 'log': {
      const { rebalanceTimeoutMs, wallMs } = options;
      const times = { rebalanceTimeoutMs, cleanupEveryMs, wallMs };
      const broker = new LogBroker(log, { ...times, cacheBytes, keeps });
      return {
        service: logService(broker),
        of: broker.lasting,
        replay: (payload, address) => broker.replay(payload, address),
        recovered: () => {},
      };
    }
    case 'queue': {
      const { maxInFlight } = options;
      const broker = new QueueBroker(log, { cacheBytes, maxInFlight, keeps });
      return viewOf(broker, queueService(broker));
    }
    case 'broker': {
      const broker = new RoutingBroker(log, { cacheBytes, keeps });
      return viewOf(broker, brokerService(broker));
    }
  }
}

function viewOf(broker: QueueBroker | RoutingBroker, service: Service): ReturnType<typeof view> {
  return {
    service,
    of: broker.lasting,
    replay: (payload, address) => broker.replay(payload, address),
    recovered: () => broker.recovered(),
  };
}

function opened(link: { journal?: Journal }): Journal {
  if (link.journal === undefined) throw new Error('the journal is used before its recovery ended');
  return link.journal;
}
