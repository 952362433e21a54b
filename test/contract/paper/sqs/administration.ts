import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import type { Administration, Deployed, Target } from '../../../../engines/engine.ts';
import { refuseUndeclared } from '../../../../engines/topology-needs.ts';
import { clientFor } from './client.ts';
import type { SqsOptions } from './engine.ts';

export const queueOf = (deployed: Deployed, destination: number): string => {
  const url = deployed.settings[`queue-${destination}`];
  if (url === undefined) throw new Error(`destination ${destination} has no queue`);
  return url;
};

export function administer(
  target: Target,
  { kind, visibilitySeconds }: SqsOptions,
): Promise<Administration> {
  const client = clientFor(target);
  const attributes = {
    VisibilityTimeout: `${visibilitySeconds}`,
    ...(kind === 'fifo' ? { FifoQueue: 'true' } : {}),
  };
  const depth = async (url: string): Promise<{ ready: number; inFlight: number }> => {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    const attributes: Readonly<Record<string, string>> = Attributes ?? {};
    const count = (name: string): number => Number(attributes[`ApproximateNumberOf${name}`]);
    return {
      ready: count('Messages') + count('MessagesDelayed'),
      inFlight: count('MessagesNotVisible'),
    };
  };
  return Promise.resolve({
    apply: async (topology) => {
      refuseUndeclared(topology, new Set());
      const sources = topology.subscriptions.map(({ destination }) => destination);
      if (new Set(sources).size < sources.length) {
        throw new Error('an SQS queue has one subscription: consumers of it compete');
      }
      const settings: Record<string, string> = {};
      for (const [index, { name }] of topology.destinations.entries()) {
        const QueueName = kind === 'fifo' ? `${name}.fifo` : name;
        const { QueueUrl = '' } = await client.send(
          new CreateQueueCommand({ QueueName, Attributes: attributes }),
        );
        settings[`queue-${index}`] = QueueUrl;
      }
      return { topology, effective: [`visibility timeout ${visibilitySeconds} s`], settings };
    },
    backlog: async (deployed, subscription) => {
      const destination = deployed.topology.subscriptions[subscription]?.destination ?? -1;
      return { by: 'exact-depth', ...(await depth(queueOf(deployed, destination))) };
    },
    remove: async (deployed) => {
      for (const index of deployed.topology.destinations.keys()) {
        await client.send(new DeleteQueueCommand({ QueueUrl: queueOf(deployed, index) }));
      }
    },
    close: async () => client.destroy(),
  });
}
