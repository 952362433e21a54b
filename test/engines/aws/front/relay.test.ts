import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { mannerOf } from '../../../../engines/aws/front/manner-of.ts';
import { openRelay, type Relay } from '../../../../engines/aws/front/relay.ts';
import type { Manner } from '../../../../engines/aws/front/service-call.ts';

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly target: string | string[] | undefined;
  readonly body: string;
}

/** A service that says of each request what it was. */
class Service {
  readonly asked: Asked[] = [];
  readonly server: Server;
  answer = (_: IncomingMessage, to: ServerResponse): void => {
    to.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    to.end('{"Done":true}');
  };

  constructor() {
    this.server = createServer((incoming, to) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
      incoming.on('end', () => {
        const { method, url, headers } = incoming;
        this.asked.push({ method, url, target: headers['x-amz-target'], body });
        this.answer(incoming, to);
      });
    });
  }

  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }
}

describe('the relay before a service', () => {
  let service: Service;
  let relay: Relay;
  const open = async (manner: Manner): Promise<string> => {
    service = new Service();
    const port = await service.listen();
    relay = await openRelay(0, { host: '127.0.0.1', port }, manner);
    return `http://127.0.0.1:${relay.port}`;
  };
  const plain = () => mannerOf({ does: 'what-the-target-does' }, () => 0);
  const send = (to: string, signal?: AbortSignal) =>
    fetch(to, {
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonSQS.SendMessage' },
      body: '{"MessageBody":"x"}',
      signal: signal ?? null,
    });
  afterEach(async () => {
    await relay.close();
    service.server.closeAllConnections();
    service.server.close();
  });

  test('hands a request on whole, and its answer', async () => {
    const to = await open(plain());
    const answer = await send(`${to}/path?x=1`);
    expect(await answer.json()).toEqual({ Done: true });
    expect(answer.headers.get('content-type')).toBe('application/x-amz-json-1.0');
    expect(service.asked).toEqual([
      {
        method: 'POST',
        url: '/path?x=1',
        target: 'AmazonSQS.SendMessage',
        body: '{"MessageBody":"x"}',
      },
    ]);
    expect((await fetch(`${to}/health`)).status).toBe(200);
  });

  test('cuts the connection of an answer that is lost, after the service has answered', async () => {
    const to = await open({
      react: async (_, forward) => {
        await forward();
        return { is: 'lost' };
      },
    });
    await expect(send(to)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(service.asked).toHaveLength(1);
  });

  test.each([
    ['says nothing', (incoming: IncomingMessage) => incoming.socket.destroy()],
    [
      'breaks off in its answer',
      (incoming: IncomingMessage, to: ServerResponse) => {
        to.writeHead(200, { 'content-length': '100' });
        to.write('{"Done":', () => incoming.socket.destroy());
      },
    ],
  ])('gives no answer where the service %s', async (_, answer) => {
    const to = await open(plain());
    service.answer = answer;
    await expect(send(to)).rejects.toThrow();
    expect(service.asked).toHaveLength(1);
  });

  test('gives no answer where nobody listens', async () => {
    const to = await open(plain());
    service.server.close();
    await expect(send(to)).rejects.toThrow();
  });

  test('leaves the service when its client leaves: what a poll brings then, nobody would get', async () => {
    const to = await open(plain());
    const left = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    service.answer = (_, response) => {
      response.once('close', left.resolve);
      asked.resolve();
    };
    const client = new AbortController();
    const sent = send(to, client.signal);
    await asked.promise;
    client.abort();
    await expect(sent).rejects.toThrow();
    await expect(left.promise).resolves.toBeUndefined();
  });
});
