import type { Profile } from '../engine.ts';
import { profiles as queueProfiles } from '../sqs/profiles.ts';
import type { SnsOptions } from './options.ts';

const guide = 'https://docs.aws.amazon.com/sns/latest/dg';
const api = '(API version 2010-03-31)';

const { standard, fifo } = queueProfiles;

export const profiles = {
  raw: {
    summary:
      'a standard topic: every queue that is subscribed gets each message as it was published',
    level: 'at-least-once',
    promises: [],
    claimedUnder: standard.claimedUnder,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${guide}/sns-large-payload-raw-message-delivery.html and sns-message-delivery-retries.html ${api}`,
    options: { ...standard.options, delivery: 'raw' },
  },
  enveloped: {
    summary: 'as raw; a message comes in the document of a notification',
    level: 'at-least-once',
    promises: [],
    claimedUnder: standard.claimedUnder,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${guide}/sns-sqs-as-subscriber.html and sns-message-delivery-retries.html ${api}`,
    options: { ...standard.options, delivery: 'enveloped' },
  },
  fifo: {
    summary: 'a FIFO topic and FIFO queues: message groups in order, copies recognised by their id',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'fifo-groups'],
    claimedUnder: fifo.claimedUnder,
    waived: [],
    deviations: fifo.deviations,
    consumption: 'settle-after-processing',
    source: `${guide}/fifo-message-dedup.html and fifo-topic-message-ordering.html ${api}`,
    options: { ...fifo.options, delivery: 'raw' },
  },
} as const satisfies Readonly<Record<string, Profile<SnsOptions>>>;
