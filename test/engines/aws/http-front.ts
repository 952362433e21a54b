import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A call as it came, and what can be done with it. */
export interface Call {
  /** Header `x-amz-target`. */
  readonly operation: string | undefined;
  readonly raw: Buffer;
  /** Lets the service carry it out, with another body where one is given. */
  readonly forward: (body?: Buffer) => Promise<Answer>;
}

export interface Front {
  readonly address: string;
  close(): Promise<void>;
}

/** HTTP before a service, which answers in its place. */
export async function startFront(
  upstream: string,
  answerTo: (call: Call) => Promise<Answer>,
): Promise<Front> {
  const server = createServer((incoming, answer) => {
    void readAll(incoming)
      .then((raw) => {
        const operation = incoming.headers['x-amz-target'];
        const forward = (body = raw): Promise<Answer> => forwarded(upstream, incoming, body);
        return answerTo({ operation: operation?.toString(), raw, forward });
      })
      .then((answered) => reply(answer, answered))
      .catch(() => answer.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    address: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @param type as the service names it, with what stands before `#` */
export const errorAnswer = (status: number, type: string): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: Buffer.from(JSON.stringify({ __type: type, message: type })),
});

function reply(to: ServerResponse, { status, headers, body }: Answer): void {
  to.writeHead(status, { ...headers, 'content-length': `${body.length}` });
  to.end(body);
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function forwarded(upstream: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { method = 'POST', url = '/', headers } = incoming;
  return new Promise((resolve, reject) => {
    const out = request(
      new URL(url, upstream),
      { method, headers: { ...headers, 'content-length': `${body.length}` } },
      (response) => {
        const type = response.headers['content-type'] ?? 'application/x-amz-json-1.0';
        const status = response.statusCode ?? 502;
        readAll(response).then(
          (bytes) => resolve({ status, headers: { 'content-type': type }, body: bytes }),
          reject,
        );
      },
    );
    out.once('error', reject);
    out.end(body);
  });
}
