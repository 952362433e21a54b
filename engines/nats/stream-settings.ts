import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import type { DestinationSpec, SubscriptionSpec } from '../engine.ts';
import type { JetStreamOptions } from './options.ts';
import { consumerOf, streamOf, subjectsOf } from './subjects.ts';

const nanosecondsOf = (milliseconds: number): number => milliseconds * 1e6;

export function streamSettings(
  destination: DestinationSpec,
  options: JetStreamOptions,
  replicas: number,
): Partial<StreamConfig> & { readonly name: string } {
  const { retention, duplicateWindowMs } = options;
  return {
    name: streamOf(destination),
    subjects: [subjectsOf(destination)],
    storage: StorageType.File,
    retention: retention === 'limits' ? RetentionPolicy.Limits : RetentionPolicy.Workqueue,
    num_replicas: replicas,
    ...(duplicateWindowMs === 0 ? {} : { duplicate_window: nanosecondsOf(duplicateWindowMs) }),
  };
}

export function consumerSettings(
  subscription: SubscriptionSpec,
  options: JetStreamOptions,
): Partial<ConsumerConfig> {
  const { deliveryLimit } = subscription;
  const common = {
    durable_name: consumerOf(subscription),
    deliver_policy: DeliverPolicy.All,
    ...(deliveryLimit === undefined ? {} : { max_deliver: deliveryLimit.deliveries }),
  };
  if (options.acknowledgement === 'none') return { ...common, ack_policy: AckPolicy.None };
  return {
    ...common,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanosecondsOf(options.ackWaitMs),
    max_ack_pending: options.maxAckPending,
  };
}
