import { type Refusal, Status } from '../protocol/protocol.ts';
import type { Refused } from './answers.ts';

const refusal = (status: Refusal, reason: string): Refused => ({ status, reason });

export const refusals = {
  exists: refusal(Status.alreadyExists, 'it exists already'),
  unknownExchange: refusal(Status.unknownDestination, 'there is no such exchange'),
  unknownQueue: refusal(Status.unknownDestination, 'there is no such queue'),
  unknownConsumer: refusal(Status.unknownConsumer, 'there is no such consumer'),
  defaultExchange: refusal(Status.badRequest, 'the default exchange is neither bound nor deleted'),
  lockedQueue: refusal(Status.inUse, 'the queue is exclusive to another connection'),
  exclusiveDeadLetters: refusal(
    Status.badRequest,
    'an exclusive queue ends with its connection and has no dead letters',
  ),
} as const;
