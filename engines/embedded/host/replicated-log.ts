import type { CommitLog } from '../journal/commit-log.ts';
import { LogBroker, type LogBrokerOptions } from '../log/log-broker.ts';
import type { ReplicaLog } from '../replication/replica-log.ts';
import { logService } from './log-service.ts';
import type { Service } from './peer.ts';
import type { Copies } from './topic-service.ts';

/**
 * The log as a new leader serves it: built from all that its journal holds, and shown to readers when all of
 * that is committed. What was never committed may still go, with its next leader, and nobody has seen it.
 */
export function openReplicatedLog(
  leader: CommitLog,
  found: ReplicaLog,
  { copies, ...options }: LogBrokerOptions & { readonly copies: Copies },
): Service {
  const broker = new LogBroker(leader, options);
  const toShow: (() => void)[] = [];
  found.replay((payload, address) => broker.replay(payload, address, (show) => toShow.push(show)));
  const showAll = (): void => {
    for (const show of toShow.splice(0)) show();
  };
  if (found.end === 0) showAll();
  else leader.when(found.end - 1, 'committed', showAll);
  return logService(broker, copies);
}
