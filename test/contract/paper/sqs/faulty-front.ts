import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** What happens to a batch entry whose decoded body begins with the word. */
export type EntryFault = 'REFUSE' | 'STUMBLE' | 'VANISH';
const faults: readonly EntryFault[] = ['REFUSE', 'STUMBLE', 'VANISH'];

/**
 * HTTP in front of an SQS that answers batches as AWS may: REFUSE is never stored and Failed by the
 * sender's fault; STUMBLE is stored, yet Failed by the server's; VANISH loses the whole answer after
 * the request was applied. The emulator does none of these by itself.
 */
export async function startFaultyFront(upstream: string) {
  const seen = { refused: 0, stumbled: 0, vanished: 0 };
  const server = createServer((incoming, answer) => {
    void relay(upstream, incoming, answer, seen).catch(() => answer.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    address: `http://127.0.0.1:${address.port}`,
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Batch {
  Entries: { Id: string; MessageBody: string }[];
}

async function relay(
  upstream: string,
  incoming: IncomingMessage,
  answer: ServerResponse,
  seen: { refused: number; stumbled: number; vanished: number },
): Promise<void> {
  const raw = await readAll(incoming);
  const isBatch = incoming.headers['x-amz-target'] === 'AmazonSQS.SendMessageBatch';
  if (!isBatch) return reply(answer, await forward(upstream, incoming, raw));
  const batch = JSON.parse(raw.toString()) as Batch;
  const of = new Map(batch.Entries.map((entry) => [entry.Id, faultOf(entry.MessageBody)]));
  const kept = { ...batch, Entries: batch.Entries.filter(({ Id }) => of.get(Id) !== 'REFUSE') };
  const result = await forward(upstream, incoming, Buffer.from(JSON.stringify(kept)));
  if ([...of.values()].includes('VANISH')) {
    seen.vanished += 1;
    answer.socket?.destroy();
    return;
  }
  const body = JSON.parse(result.body.toString()) as { Successful?: { Id: string }[] };
  const failed = [...of].filter(([, fault]) => fault === 'REFUSE' || fault === 'STUMBLE');
  seen.refused += failed.filter(([, fault]) => fault === 'REFUSE').length;
  seen.stumbled += failed.filter(([, fault]) => fault === 'STUMBLE').length;
  const rewritten = {
    Successful: (body.Successful ?? []).filter(({ Id }) => of.get(Id) === undefined),
    Failed: failed.map(([Id, fault]) => ({
      Id,
      SenderFault: fault === 'REFUSE',
      Code: fault === 'REFUSE' ? 'InvalidMessageContents' : 'InternalError',
    })),
  };
  reply(answer, { ...result, body: Buffer.from(JSON.stringify(rewritten)) });
}

function faultOf(body: string): EntryFault | undefined {
  const text = Buffer.from(body, 'base64').toString();
  return faults.find((fault) => text.startsWith(fault));
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

function reply(to: ServerResponse, { status, headers, body }: Answer): void {
  to.writeHead(status, { ...headers, 'content-length': `${body.length}` });
  to.end(body);
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function forward(upstream: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const out = request(
      new URL(incoming.url ?? '/', upstream),
      {
        method: incoming.method ?? 'POST',
        headers: { ...incoming.headers, 'content-length': `${body.length}` },
      },
      (response) => {
        const type = response.headers['content-type'] ?? 'application/x-amz-json-1.0';
        readAll(response).then(
          (bytes) =>
            resolve({
              status: response.statusCode ?? 502,
              headers: { 'content-type': type },
              body: bytes,
            }),
          reject,
        );
      },
    );
    out.once('error', reject);
    out.end(body);
  });
}
