import { type Refusal, Status } from '../protocol/protocol.ts';
import type { CommitCheck } from './group.ts';

export type Refused = { readonly status: Refusal; readonly reason: string };

export const unknownTopic: Refused = {
  status: Status.unknownDestination,
  reason: 'there is no such topic',
};
export const unknownPartition: Refused = {
  status: Status.unknownPartition,
  reason: 'the topic has no such partition',
};

export const commitRefusal: Readonly<Record<Exclude<CommitCheck, 'ok'>, Refused>> = {
  'not-a-member': { status: Status.notAMember, reason: 'the connection is no member of a group' },
  'stale-generation': { status: Status.staleGeneration, reason: 'a newer generation has begun' },
  'foreign-partition': {
    status: Status.staleGeneration,
    reason: 'the partition is assigned to another member',
  },
};
