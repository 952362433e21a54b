import {
  type SendMessageBatchRequestEntry,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { invariant } from '../../harness/core/errors.ts';
import { onlyRefusedBefore, wasThrottled } from '../aws/attempt-ends.ts';
import { type BatchAnswer, type BatchService, LaneProducer } from '../aws/lane-producer.ts';
import { AwsCode } from '../aws/outcomes.ts';
import type { Waiting } from '../aws/send-lane.ts';
import type { ActorContext, Deployed, Outgoing, Producer, ProducerSink } from '../engine.ts';
import { codeOfEntry } from './entry-failures.ts';
import { entryOf, refusalOf } from './messages.ts';
import type { SqsOptions } from './options.ts';
import { queueUrlsOf } from './queues.ts';
import { sendLimit } from './traits.ts';

export function sqsProducer(
  client: SQSClient,
  options: SqsOptions,
  deployed: Deployed,
  sink: ProducerSink,
  actor: ActorContext,
): Producer {
  const service = new QueueService(client, options, queueUrlsOf(deployed), actor);
  const { sendsAtOnce, bufferMessages, lingerMs } = options;
  const manner = { lanes: sendsAtOnce, limit: sendLimit, bufferMessages, lingerMs };
  return new LaneProducer(service, manner, sink);
}

class QueueService implements BatchService<SendMessageBatchRequestEntry> {
  readonly #client: SQSClient;
  readonly #options: SqsOptions;
  readonly #urls: readonly string[];
  readonly #actor: ActorContext;

  constructor(
    client: SQSClient,
    options: SqsOptions,
    urls: readonly string[],
    actor: ActorContext,
  ) {
    this.#client = client;
    this.#options = options;
    this.#urls = urls;
    this.#actor = actor;
  }

  refusalOf(message: Outgoing): AwsCode | undefined {
    return refusalOf(message, this.#options);
  }

  entryOf(message: Outgoing): SendMessageBatchRequestEntry {
    return entryOf(message, this.#options, `${this.#actor.name}-${message.ticket}`);
  }

  /** What is alone in its group may be overtaken by any other. */
  orderedBy({ group }: Outgoing): string | undefined {
    return group;
  }

  async send(
    destination: number,
    messages: readonly Waiting<SendMessageBatchRequestEntry>[],
  ): Promise<BatchAnswer> {
    const QueueUrl = this.#urls[destination];
    invariant(QueueUrl !== undefined, `no destination ${destination}`);
    const Entries = messages.map(({ entry }) => entry);
    const command = new SendMessageBatchCommand({ QueueUrl, Entries });
    const output = await this.#client.send(command);
    const { Successful = [], Failed = [], $metadata } = output;
    const { attempts = 1 } = $metadata;
    const isFirst = attempts === 1 || onlyRefusedBefore(output);
    const stored = new Set(Successful.map(({ Id }) => Id));
    const failed = new Map(Failed.map((entry) => [entry.Id, entry]));
    const ends = Entries.map(({ Id }) => ({
      code: stored.has(Id) ? AwsCode.ok : codeOfEntry(failed.get(Id), isFirst),
      place: undefined,
    }));
    return { attempts, ends, wasThrottled: wasThrottled(output) };
  }
}
