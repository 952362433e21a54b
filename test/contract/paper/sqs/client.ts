import { Agent } from 'node:http';
import { SQSClient } from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Target } from '../../../../engines/engine.ts';

/** One attempt only: a hidden resend would turn an unknown outcome into a duplicate called ok. */
export function clientFor(target: Target): SQSClient {
  return new SQSClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    endpoint: target.address,
    useQueueUrlAsEndpoint: false,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      httpAgent: new Agent({ keepAlive: true, maxSockets: 64 }),
      requestTimeout: 25_000,
      throwOnRequestTimeout: true,
    }),
  });
}
