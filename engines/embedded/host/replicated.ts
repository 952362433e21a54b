import { RoutingBroker, type RoutingBrokerOptions } from '../broker/routing-broker.ts';
import type { CommitLog } from '../journal/commit-log.ts';
import { LogBroker, type LogBrokerOptions } from '../log/log-broker.ts';
import type { ReplicaLog } from '../replication/replica-log.ts';
import { brokerService } from './broker-service.ts';
import { logService } from './log-service.ts';
import type { Copies, Service } from './peer.ts';

/** The state machines that can stand on replicas. */
export const replicatedKinds = ['log', 'broker'] as const;
export type ReplicatedKind = (typeof replicatedKinds)[number];

export type ReplicatedOptions = LogBrokerOptions &
  RoutingBrokerOptions & { readonly copies: Copies };

/**
 * What a new leader serves: built from all that its journal holds, and shown to clients when all of that is
 * committed. What was never committed may still go, with its next leader, and nobody has seen it.
 */
export function openReplicated(
  kind: ReplicatedKind,
  leader: CommitLog,
  found: ReplicaLog,
  options: ReplicatedOptions,
): Service {
  const toShow: (() => void)[] = [];
  const whenCommitted = (show: () => void): void => void toShow.push(show);
  const service = build(kind, leader, found, options, whenCommitted);
  const showAll = (): void => {
    for (const show of toShow.splice(0)) show();
  };
  if (found.end === 0) showAll();
  else leader.when(found.end - 1, 'committed', showAll);
  return service;
}

function build(
  kind: ReplicatedKind,
  leader: CommitLog,
  found: ReplicaLog,
  { copies, ...options }: ReplicatedOptions,
  whenCommitted: (show: () => void) => void,
): Service {
  switch (kind) {
    case 'log': {
      const broker = new LogBroker(leader, options);
      found.replay((payload, address) => broker.replay(payload, address, whenCommitted));
      return logService(broker, copies);
    }
    case 'broker': {
      const broker = new RoutingBroker(leader, options);
      found.replay((payload, address) => broker.replay(payload, address));
      broker.recovered(whenCommitted);
      return brokerService(broker, copies);
    }
  }
}
