import type { Profile } from '../engine.ts';
import type { RabbitOptions } from './options.ts';

const base: RabbitOptions = {
  queueType: 'classic',
  persistent: true,
  acknowledgement: 'manual',
  requeueWith: 'nack',
  singleActive: false,
  mandatory: true,
  deadLetters: 'none',
  resend: 'harness',
  maxLength: 0,
  heartbeatSeconds: 10,
};

const nackOf43 = 'https://www.rabbitmq.com/docs/4.3/nack#basic-reject-vs-basic-nack (RabbitMQ 4.3)';

const anyCrash = ['none', 'client-crash', 'connection-loss', 'process-crash'] as const;

export const profiles = {
  'manual-ack': {
    summary: 'confirms, persistent messages, durable queue, acknowledged after processing',
    level: 'at-least-once',
    promises: ['routing'],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: 'https://www.rabbitmq.com/docs/4.0/confirms (RabbitMQ 4.0)',
    options: base,
  },
  'single-active': {
    summary: 'as manual-ack; of several consumers of a queue only one at a time gets anything',
    level: 'at-least-once',
    promises: ['routing'],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: 'https://www.rabbitmq.com/docs/4.0/consumers#single-active-consumer (RabbitMQ 4.0)',
    options: { ...base, singleActive: true },
  },
  uncorrelated: {
    summary: 'as manual-ack; requests and replies carry nothing by which they know each other',
    level: 'at-least-once',
    promises: ['routing'],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    replies: 'in-turn',
    source: 'https://www.rabbitmq.com/docs/4.0/confirms (RabbitMQ 4.0)',
    options: base,
  },
  'not-mandatory': {
    summary: 'as manual-ack; what no queue wants is confirmed, and nobody is told',
    level: 'at-least-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: 'https://www.rabbitmq.com/docs/4.0/publishers#unroutable (RabbitMQ 4.0)',
    options: { ...base, mandatory: false },
  },
  'auto-ack': {
    summary: 'confirms and persistent messages, but forgotten by the broker when it hands them out',
    level: 'at-most-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'automatic',
    source: 'https://www.rabbitmq.com/docs/4.0/confirms#acknowledgement-modes (RabbitMQ 4.0)',
    options: { ...base, acknowledgement: 'automatic', resend: 'nobody' },
  },
  /**
   * The broker's own word is a majority's, each of which has it on disk; on one node the majority is that node.
   * The harness repeats what was not confirmed, and so may store it twice.
   */
  quorum: {
    summary: 'replicated: confirmed when a majority of the queue’s members has it on disk',
    level: 'at-least-once',
    promises: ['routing'],
    claimedUnder: [...anyCrash, 'node-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: 'https://www.rabbitmq.com/docs/4.0/quorum-queues#data-safety (RabbitMQ 4.0)',
    options: { ...base, queueType: 'quorum' },
  },
  /**
   * A message that nobody can process leaves the others alone and is not lost. Who names no dead-letter exchange
   * loses it all the same: since 4.0 a quorum queue drops what came back 20 times.
   */
  'quorum-dead-letters': {
    summary: 'as quorum; what was delivered too often goes to a dead-letter exchange',
    level: 'at-least-once',
    promises: ['dead-letter'],
    claimedUnder: [...anyCrash, 'node-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source:
      'https://www.rabbitmq.com/docs/4.0/quorum-queues#poison-message-handling (RabbitMQ 4.0)',
    // What comes back by `basic.nack` was not tried, says 4.3, and may come back for ever.
    editions: [{ from: '4.3', promises: [], source: nackOf43 }],
    options: { ...base, queueType: 'quorum', deadLetters: 'exchange' },
  },
  'quorum-dead-letters-by-reject': {
    summary: 'as quorum-dead-letters; given back with basic.reject, which counts in every version',
    level: 'at-least-once',
    promises: ['dead-letter'],
    claimedUnder: [...anyCrash, 'node-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source:
      'https://www.rabbitmq.com/docs/4.0/quorum-queues#poison-message-handling (RabbitMQ 4.0)',
    editions: [{ from: '4.3', promises: ['dead-letter'], source: nackOf43 }],
    options: { ...base, queueType: 'quorum', deadLetters: 'exchange', requeueWith: 'reject' },
  },
  'quorum-drop-at-limit': {
    summary: 'as quorum; what was delivered too often is dropped, and nobody is told',
    level: 'at-least-once',
    promises: ['delivery-limit'],
    claimedUnder: [...anyCrash, 'node-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source:
      'https://www.rabbitmq.com/docs/4.0/quorum-queues#poison-message-handling (RabbitMQ 4.0)',
    editions: [{ from: '4.3', promises: [], source: nackOf43 }],
    options: { ...base, queueType: 'quorum', deadLetters: 'dropped' },
  },
  /**
   * Transient messages in a durable queue: the queue survives a restart and its messages do not, so a
   * loss is the messages' own and not that of a vanished queue. They are confirmed all the same.
   * Acknowledged before processing, because a redelivery after processing would be the opposite promise.
   */
  transient: {
    summary: 'confirmed, but kept in memory only: discarded when the broker restarts',
    level: 'at-most-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-before-processing',
    source: 'https://www.rabbitmq.com/docs/4.0/queues#durability (RabbitMQ 4.0)',
    options: { ...base, persistent: false, resend: 'nobody' },
  },
} as const satisfies Readonly<Record<string, Profile<RabbitOptions>>>;
