import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { AckmarkError } from '../../harness/core/errors.ts';
import { cannotUse } from '../aws/access.ts';
import { serviceIn, serviceSettings } from '../aws/front/service.ts';
import type { Administration, Backlog, Deployed, Target, Topology } from '../engine.ts';
import { refuseUndeclared } from '../topology-needs.ts';
import { sqsClient } from './client.ts';
import type { SqsOptions } from './options.ts';
import { queueName, queueReadBy, queueUrlsOf, settingsOf } from './queues.ts';
import { traits } from './traits.ts';

export async function administer(target: Target, options: SqsOptions): Promise<Administration> {
  return new SqsAdministration(target, options);
}

class SqsAdministration implements Administration {
  readonly #target: Target;
  readonly #options: SqsOptions;
  readonly #client: SQSClient;

  constructor(target: Target, options: SqsOptions) {
    this.#target = target;
    this.#options = options;
    this.#client = sqsClient(target, options);
  }

  async apply(topology: Topology): Promise<Deployed> {
    refuseUndeclared(topology, traits(this.#options).capabilities);
    refuseShared(topology);
    this.#refuseOtherService();
    const urls: string[] = [];
    try {
      for (const { name } of topology.destinations) {
        urls.push(await createQueue(this.#client, name, this.#options));
      }
    } catch (cause) {
      // Nobody else knows of what was created by then; why not all of it was is what the caller must hear.
      await this.#delete(urls).catch(() => undefined);
      throw cannotUse(this.#target, 'create the queues', cause);
    }
    // A queue has one scope, or, of message groups, as many as there are groups.
    const destinations = topology.destinations.map((spec) => ({ ...spec, scopes: 1 }));
    return {
      topology: { ...topology, destinations },
      effective: this.#effective(),
      settings: settingsOf(urls),
    };
  }

  /** The numbers are approximate in SQS itself, and exact in what stands for it here. */
  async backlog(deployed: Deployed, subscription: number): Promise<Backlog> {
    try {
      const url = queueReadBy(deployed, subscription);
      return { by: 'exact-depth', ...(await depthOf(this.#client, url)) };
    } catch (cause) {
      throw cannotUse(this.#target, 'tell the backlog', cause);
    }
  }

  async remove(deployed: Deployed): Promise<void> {
    try {
      await this.#delete(queueUrlsOf(deployed));
    } catch (cause) {
      throw cannotUse(this.#target, 'remove the queues', cause);
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  async #delete(urls: readonly string[]): Promise<void> {
    for (const QueueUrl of urls) await this.#client.send(new DeleteQueueCommand({ QueueUrl }));
  }

  /** What a profile is about, and the target does not do, would show in nothing. */
  #refuseOtherService(): void {
    const there = JSON.stringify(serviceSettings(serviceIn(this.#target.settings)));
    if (JSON.stringify(serviceSettings(this.#options.service)) === there) return;
    throw new AckmarkError(
      'USAGE',
      `${this.#target.title} does not do what this profile is about`,
      {
        hint: 'Leave --target out, or name one that is started here: the proxy stands before these.',
      },
    );
  }

  #effective(): readonly string[] {
    const { kind, limits, visibilitySeconds, receiveWaitSeconds, attempts } = this.#options;
    return [
      `target: ${this.#target.title}`,
      kind === 'fifo'
        ? `FIFO queues, deduplication by id for 5 minutes, limits ${limits}`
        : 'standard queues',
      `visibility timeout: ${visibilitySeconds} s, long poll: ${receiveWaitSeconds} s`,
      attempts === 1
        ? 'client: AWS SDK v3, one attempt a call'
        : `client: AWS SDK v3, ${attempts} attempts a call (retry mode standard)`,
    ];
  }
}

/** Consumers of a queue compete, so that a second subscription would need a queue of its own. */
function refuseShared({ subscriptions }: Topology): void {
  const read = new Set(subscriptions.map(({ destination }) => destination));
  if (read.size === subscriptions.length) return;
  throw new AckmarkError('USAGE', 'an SQS queue has one subscription', {
    hint: 'Use an engine with fan-out: `ackmark list engines`.',
  });
}

/** Developer Guide, enabling high throughput for FIFO queues. */
const highThroughput = {
  DeduplicationScope: 'messageGroup',
  FifoThroughputLimit: 'perMessageGroupId',
} as const;

/** @returns its URL */
export async function createQueue(
  client: SQSClient,
  name: string,
  { kind, limits, visibilitySeconds }: Pick<SqsOptions, 'kind' | 'limits' | 'visibilitySeconds'>,
): Promise<string> {
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({
      QueueName: queueName(name, kind),
      Attributes: {
        VisibilityTimeout: String(visibilitySeconds),
        ...(kind === 'fifo' ? { FifoQueue: 'true' } : {}),
        ...(limits === 'per-group' ? highThroughput : {}),
      },
    }),
  );
  if (QueueUrl === undefined) throw new Error(`${name} was created without a URL`);
  return QueueUrl;
}

export async function depthOf(
  client: SQSClient,
  QueueUrl: string,
): Promise<{ readonly ready: number; readonly inFlight: number }> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  const count = (of: string): number => countOf(Attributes, `ApproximateNumberOf${of}`);
  return {
    ready: count('Messages') + count('MessagesDelayed'),
    inFlight: count('MessagesNotVisible'),
  };
}

/** A number that is not there is no evidence of an empty queue. */
function countOf(attributes: Readonly<Record<string, string>>, name: string): number {
  const count = Number(attributes[name]);
  if (attributes[name] !== undefined && Number.isInteger(count)) return count;
  throw new Error(`the queue did not tell ${name}`);
}
