import type { DeadLetters, QueueAttributes } from '../embedded/protocol/queue-attributes.ts';
import type { QueueOptions } from './options.ts';

export function attributesOf(options: QueueOptions, deadLetters: DeadLetters): QueueAttributes {
  const { order, deduplication, delayMs, disorder, retentionMs, quota, maxInFlight } = options;
  return {
    order,
    deduplication,
    delayMs,
    disorder,
    retentionMs,
    quota,
    maxInFlight,
    deadLetters,
  };
}

/** A queue that takes dead letters keeps their order and does nothing else to them. */
export function deadLetterAttributesOf({ order, maxInFlight }: QueueOptions): QueueAttributes {
  return {
    order,
    deduplication: { by: 'nothing' },
    delayMs: 0,
    disorder: { kind: 'none' },
    retentionMs: 0,
    deadLetters: { kind: 'none' },
    quota: { kind: 'none' },
    maxInFlight,
  };
}

/** What of the options shows in a queue's behaviour, in words for the report. */
export function effectsOf(options: QueueOptions): readonly string[] {
  const { receive, leaseMs, order, deduplication, delayMs, disorder } = options;
  const { retentionMs, quota, maxInFlight } = options;
  return [
    receive === 'lease' ? `lease: ${leaseMs} ms` : 'deleted on receive',
    ...(order === 'message-groups' ? ['FIFO within message groups'] : []),
    ...(deduplication.by === 'nothing'
      ? []
      : [`deduplication by ${deduplication.by}: ${deduplication.windowMs} ms`]),
    ...(delayMs > 0 ? [`delay: ${delayMs} ms`] : []),
    ...(disorder.kind === 'none'
      ? []
      : [
          `late: ${disorder.latePermille} ‰, passed by ${disorder.passedByMost} at most`,
          `deletions forgotten: ${disorder.undeletedPermille} ‰`,
        ]),
    ...(retentionMs > 0 ? [`retention: ${retentionMs} ms`] : []),
    ...(quota.kind === 'none'
      ? []
      : [`quota: ${quota.callsPerSecond} calls/s, ${quota.messagesPerCall} messages each`]),
    ...(receive === 'lease' ? [`in flight: ${maxInFlight} at most`] : []),
  ];
}
