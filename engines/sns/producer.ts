import {
  PublishBatchCommand,
  type PublishBatchRequestEntry,
  type SNSClient,
} from '@aws-sdk/client-sns';
import { invariant } from '../../harness/core/errors.ts';
import { type BatchAnswer, type BatchService, LaneProducer } from '../aws/lane-producer.ts';
import { AwsCode } from '../aws/outcomes.ts';
import type { Waiting } from '../aws/send-lane.ts';
import type { ActorContext, Deployed, Outgoing, Producer, ProducerSink } from '../engine.ts';
import { codeOfEntry } from '../sqs/entry-failures.ts';
import { entryOf, refusalOf } from '../sqs/messages.ts';
import type { SnsOptions } from './options.ts';
import { madeOf } from './topics.ts';
import { publishLimit } from './traits.ts';

export function snsProducer(
  client: SNSClient,
  options: SnsOptions,
  deployed: Deployed,
  sink: ProducerSink,
  actor: ActorContext,
): Producer {
  const service = new TopicService(client, options, madeOf(deployed).topics, actor);
  const { sendsAtOnce, bufferMessages, lingerMs } = options;
  const manner = { lanes: sendsAtOnce, limit: publishLimit, bufferMessages, lingerMs };
  return new LaneProducer(service, manner, sink);
}

class TopicService implements BatchService<PublishBatchRequestEntry> {
  readonly #client: SNSClient;
  readonly #options: SnsOptions;
  readonly #topics: readonly string[];
  readonly #actor: ActorContext;

  constructor(
    client: SNSClient,
    options: SnsOptions,
    topics: readonly string[],
    actor: ActorContext,
  ) {
    this.#client = client;
    this.#options = options;
    this.#topics = topics;
    this.#actor = actor;
  }

  refusalOf(message: Outgoing): AwsCode | undefined {
    return message.delayMs > 0 ? AwsCode.unsupported : refusalOf(message, this.#options);
  }

  entryOf(message: Outgoing): PublishBatchRequestEntry {
    const own = `${this.#actor.name}-${message.ticket}`;
    const { MessageBody, ...entry } = entryOf(message, this.#options, own);
    return { ...entry, Message: MessageBody };
  }

  orderedBy({ group }: Outgoing): string | undefined {
    return group;
  }

  async send(
    destination: number,
    messages: readonly Waiting<PublishBatchRequestEntry>[],
  ): Promise<BatchAnswer> {
    const TopicArn = this.#topics[destination];
    invariant(TopicArn !== undefined, `no destination ${destination}`);
    const PublishBatchRequestEntries = messages.map(({ entry }) => entry);
    const command = new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries });
    const { Successful = [], Failed = [], $metadata } = await this.#client.send(command);
    const { attempts = 1 } = $metadata;
    const stored = new Set(Successful.map(({ Id }) => Id));
    const failed = new Map(Failed.map((entry) => [entry.Id, entry]));
    const ends = PublishBatchRequestEntries.map(({ Id }) => ({
      code: stored.has(Id) ? AwsCode.ok : codeOfEntry(failed.get(Id), attempts === 1),
      place: undefined,
    }));
    return { attempts, ends };
  }
}
