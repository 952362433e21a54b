import type { QueueAttributes } from '../embedded/protocol/queue-attributes.ts';
import type { QueueOptions } from './options.ts';

/** @param deadLetterQueue the broker's id of the queue for dead letters, where the options ask for one */
export function attributesOf(
  options: QueueOptions,
  deadLetterQueue: number | undefined,
): QueueAttributes {
  const { order, deduplication, delayMs, disorder, deadLetters, retentionMs } = options;
  const { quota, maxInFlight } = options;
  return {
    order,
    deduplication,
    delayMs,
    disorder,
    retentionMs,
    quota,
    maxInFlight,
    deadLetters:
      deadLetters.kind === 'none' || deadLetterQueue === undefined
        ? { kind: 'none' }
        : { kind: 'queue', queue: deadLetterQueue, maxReceives: deadLetters.maxReceives },
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
  const { deadLetters, retentionMs, quota, maxInFlight } = options;
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
    ...(deadLetters.kind === 'none' ? [] : [`dead letters after ${deadLetters.maxReceives}`]),
    ...(retentionMs > 0 ? [`retention: ${retentionMs} ms`] : []),
    ...(quota.kind === 'none'
      ? []
      : [`quota: ${quota.callsPerSecond} calls/s, ${quota.messagesPerCall} messages each`]),
    ...(receive === 'lease' ? [`in flight: ${maxInFlight} at most`] : []),
  ];
}
