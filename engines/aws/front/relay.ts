import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Endpoint } from '../../provisioner.ts';
import { type Forward, type Manner, type ServiceAnswer, serviceCall } from './service-call.ts';

const loopback = '127.0.0.1';

export interface Relay {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * An HTTP server before a service. Where the service gives no whole answer, the client gets none either: its connection
 * is cut, so that it knows as little as it would without.
 * @param port 0 for any that is free
 */
export async function openRelay(port: number, upstream: Endpoint, manner: Manner): Promise<Relay> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.once('close', () => gone.abort());
    const way = { agent, upstream, manner, signal: gone.signal };
    relay(incoming, outgoing, way).catch(() => outgoing.destroy());
  });
  server.listen(port, loopback);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server has a port');
  return {
    port: address.port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

interface Way {
  readonly agent: Agent;
  readonly upstream: Endpoint;
  readonly manner: Manner;
  /** Aborted when the client is answered or gone: a poll for nobody would hide what it brings. */
  readonly signal: AbortSignal;
}

async function relay(incoming: IncomingMessage, outgoing: ServerResponse, way: Way): Promise<void> {
  const body = await readAll(incoming);
  const { 'x-amz-target': target, 'content-type': contentType } = incoming.headers;
  const call = serviceCall(target?.toString(), contentType, body);
  const forward: Forward = (parameters, operation) => {
    const sent = parameters === undefined ? body : Buffer.from(JSON.stringify(parameters));
    const headers = operation === undefined ? {} : { 'x-amz-target': another(target, operation) };
    return carryOut(incoming, sent, headers, way);
  };
  const reaction = await way.manner.react(call, forward);
  if (reaction.is === 'lost') {
    incoming.socket.resetAndDestroy();
    return;
  }
  const { status, contentType: type, body: bytes } = reaction.answer;
  outgoing.writeHead(status, { 'content-type': type, 'content-length': `${bytes.length}` });
  outgoing.end(bytes);
}

/** `Kinesis_20131202.PutRecords` with another operation. */
const another = (target: string | string[] | undefined, operation: string): string =>
  `${target?.toString().split('.').slice(0, -1).join('.')}.${operation}`;

function carryOut(
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  others: Readonly<Record<string, string>>,
  { agent, upstream, signal }: Way,
): Promise<ServiceAnswer> {
  const { connection: _ours, 'transfer-encoding': _framing, ...kept } = headers;
  return new Promise((resolve, reject) => {
    const asked = request({
      ...upstream,
      agent,
      signal,
      method: method ?? 'POST',
      path: url ?? '/',
      headers: { ...kept, ...others, 'content-length': `${body.length}` },
    });
    asked.once('error', reject);
    asked.once('response', (answer) => {
      const contentType = answer.headers['content-type'] ?? 'application/x-amz-json-1.0';
      const status = answer.statusCode ?? 502;
      readAll(answer).then((bytes) => resolve({ status, contentType, body: bytes }), reject);
    });
    asked.end(body);
  });
}

/** Rejects where the stream ends before it is whole. */
async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
