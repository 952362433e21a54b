import { type Refusal, Status } from '../protocol/protocol.ts';
import type { CommitCheck } from './group.ts';
import type { Admission } from './producers.ts';

export type Refused = { readonly status: Refusal; readonly reason: string };

export const unknownTopic: Refused = {
  status: Status.unknownDestination,
  reason: 'there is no such topic',
};
export const unknownPartition: Refused = {
  status: Status.unknownPartition,
  reason: 'the topic has no such partition',
};

export const tooFewReplicas: Refused = {
  status: Status.notEnoughReplicasAfterAppend,
  reason: 'it is stored, but too few replicas are left to store it, too',
};
export const unknownProducer: Refused = {
  status: Status.badRequest,
  reason: 'no transactional id has this producer',
};
export const fencedProducer: Refused = {
  status: Status.fencedEpoch,
  reason: 'a newer epoch of this producer exists',
};

export function admissionRefusal(
  admission: Exclude<Admission, { kind: 'new' | 'copy' }>,
  sequence: number,
): Refused {
  switch (admission.kind) {
    case 'old-copy':
      return { status: Status.duplicate, reason: 'stored before, its offset is forgotten' };
    case 'out-of-order': {
      const reason = `sequence ${sequence}, expected ${admission.expected}`;
      return { status: Status.outOfOrderSequence, reason };
    }
    case 'fenced':
      return fencedProducer;
  }
}

export const commitRefusal: Readonly<Record<Exclude<CommitCheck, 'ok'>, Refused>> = {
  'not-a-member': { status: Status.notAMember, reason: 'the connection is no member of a group' },
  'stale-generation': { status: Status.staleGeneration, reason: 'a newer generation has begun' },
  'foreign-partition': {
    status: Status.staleGeneration,
    reason: 'the partition is assigned to another member',
  },
};
