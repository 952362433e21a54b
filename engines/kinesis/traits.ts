import { AwsCode } from '../aws/outcomes.ts';
import type { Capability, Limit, Traits } from '../engine.ts';
import type { KinesisOptions } from './options.ts';

/** A record with its key is at most 1 MiB here. Kinesis takes 10 MiB since October 2025 (quotas), not every target does. */
export const recordBytesMost = 1_048_576;

/** Records of one call (API reference), and bytes that fit into it also when all are of one record, with its key. */
export const sendLimitOf = ({ call }: Pick<KinesisOptions, 'call'>): Limit => ({
  messages: call === 'PutRecord' ? 1 : 500,
  bytes: 1_047_552,
});

const capabilities: readonly Capability[] = [
  'keys',
  'partitions',
  'groups',
  'rebalance-events',
  'seek',
  'replay',
  'start-at-time',
  'places',
];

/** A stream knows nothing of its readers: how far each subscription has come is kept beside it. */
export function traits(options: KinesisOptions): Traits {
  const { service } = options;
  return {
    capabilities: new Set(capabilities),
    acknowledge: 'cumulative',
    ackReply: 'each',
    sendReply: 'each',
    retriedBy: options.resend,
    offsetsKeptBy: 'harness',
    drained: 'end-position',
    places: 'sparse',
    sendLimit: sendLimitOf(options),
    settleLimit: { messages: 10_000, bytes: Number.MAX_SAFE_INTEGER },
    receiveLimit: 10_000,
    throttledCode: AwsCode.throttled,
    ...(service.does === 'limit-shards'
      ? {
          startedHere: 'the proxy that it needs stands only before targets that are started here',
          quota: { messagesPerSecond: service.recordsPerSecond },
        }
      : {}),
  };
}
