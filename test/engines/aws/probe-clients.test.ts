import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { afterEach, expect, test } from 'vitest';
import { TopicKit } from '../../../engines/sns/fidelity/kit.ts';
import { QueueKit } from '../../../engines/sqs/fidelity/kit.ts';
import { occasionAt } from './occasion.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A service that answers the creation of queues and topics and their removal, and nothing else. */
async function silentService(): Promise<{ readonly address: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const target = request.headers['x-amz-target'];
      const action = new URLSearchParams(body).get('Action') ?? String(target).split('.')[1] ?? '';
      asked.push(action);
      const answer = answers[action];
      if (answer !== undefined) response.end(answer);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const answers: Readonly<Record<string, string>> = {
  CreateQueue: JSON.stringify({ QueueUrl: 'http://127.0.0.1/1/q' }),
  DeleteQueue: '{}',
  CreateTopic:
    '<CreateTopicResponse><CreateTopicResult><TopicArn>arn:t</TopicArn></CreateTopicResult></CreateTopicResponse>',
  DeleteTopic: '<DeleteTopicResponse></DeleteTopicResponse>',
};

test('a call about queues ends with its clause, and what the probe made is removed', async () => {
  const { address, asked } = await silentService();
  const over = new AbortController();
  const kit = new QueueKit({ ...occasionAt(address), signal: over.signal });
  const receiving = kit.receive(await kit.queue());
  await expect.poll(() => asked).toContain('ReceiveMessage');
  over.abort();
  await expect(receiving).rejects.toMatchObject({ name: 'AbortError' });
  await kit.close();
  expect(asked).toEqual(['CreateQueue', 'ReceiveMessage', 'DeleteQueue']);
});

test('a call about topics ends with its clause, and what the probe made is removed', async () => {
  const { address, asked } = await silentService();
  const over = new AbortController();
  const kit = new TopicKit({ ...occasionAt(address), signal: over.signal });
  const TopicArn = await kit.topic();
  const looking = kit.client.send(new GetTopicAttributesCommand({ TopicArn }));
  await expect.poll(() => asked).toContain('GetTopicAttributes');
  over.abort();
  await expect(looking).rejects.toMatchObject({ name: 'AbortError' });
  await kit.close();
  expect(asked).toEqual(['CreateTopic', 'GetTopicAttributes', 'DeleteTopic']);
});
