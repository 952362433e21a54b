import { type ProducerIdentity, writeIdentity } from '../log/entries.ts';
import type { LogBroker } from '../log/log-broker.ts';
import type { Refused } from '../log/refusals.ts';
import { type ByteReader, ByteWriter } from '../protocol/bytes.ts';
import {
  readEndTransaction,
  readIncludeOffsets,
  readInitTransactions,
} from '../protocol/log-messages.ts';
import { Api, Status } from '../protocol/protocol.ts';
import type { Peer } from './peer.ts';

/** The requests that transactions consist of, apart from their batches. */
export function transact(
  { groups, transactions }: LogBroker,
  peer: Peer,
  api: typeof Api.initTransactions | typeof Api.includeOffsets | typeof Api.endTransaction,
  correlation: number,
  body: ByteReader,
  nowMs: number,
): void {
  const identified = (identity: ProducerIdentity): void =>
    peer.reply(api, correlation, [writeIdentity(new ByteWriter(6), identity).finish()]);
  const refused = ({ status, reason }: Refused): void =>
    peer.refuse(api, correlation, status, reason);
  switch (api) {
    case Api.initTransactions: {
      const { transactionalId, timeoutMs } = readInitTransactions(body);
      return transactions.init(transactionalId, timeoutMs, identified);
    }
    case Api.includeOffsets: {
      const { identity, generation, offsets } = readIncludeOffsets(body);
      const member = groups.check(peer.session, generation, offsets, nowMs);
      if (member.status !== Status.ok) return refused(member);
      const { group, topic } = member;
      return transactions.include(identity, { group, topic, offsets }, (included) => {
        if (included.status === Status.ok) peer.reply(api, correlation, []);
        else refused(included);
      });
    }
    case Api.endTransaction: {
      const { identity, end } = readEndTransaction(body);
      transactions.end(identity, end, (ended) => {
        if (ended.status === Status.ok) identified(ended.next);
        else refused(ended);
      });
    }
  }
}
