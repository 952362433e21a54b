import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** What happens to an entry of a batch whose decoded body begins with the word. */
const entryFaults = {
  /** Not stored; `Failed` by the sender's fault. */
  REFUSE: { stored: false, failed: { SenderFault: true, Code: 'InvalidMessageContents' } },
  /** Stored, and yet `Failed` by the service's fault. */
  STUMBLE: { stored: true, failed: { SenderFault: false, Code: 'InternalError' } },
  /** Not stored; `Failed` for a limit. */
  THROTTLE: { stored: false, failed: { SenderFault: false, Code: 'RequestThrottled' } },
  /** Stored, and missing in the answer. */
  FORGET: { stored: true, failed: undefined },
} as const;
/** What happens to the whole call that has such an entry. */
const callFaults = {
  /** Refused for a limit, not carried out. */
  BUSY: { carriedOut: false, status: 400, error: 'RequestThrottled' },
  /** Carried out, and answered with an error. */
  BROKEN: { carriedOut: true, status: 500, error: 'InternalFailure' },
} as const;

export interface FaultyFront {
  readonly address: string;
  close(): Promise<void>;
}

/** HTTP before an SQS that answers batches as AWS may, and as no emulator does by itself. */
export async function startFaultyFront(upstream: string): Promise<FaultyFront> {
  const server = createServer((incoming, answer) => {
    void relay(upstream, incoming, answer).catch(() => answer.destroy());
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

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

async function relay(
  upstream: string,
  incoming: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  const raw = await readAll(incoming);
  const isBatch = incoming.headers['x-amz-target'] === 'AmazonSQS.SendMessageBatch';
  if (!isBatch) return reply(answer, await forward(upstream, incoming, raw));
  const batch = JSON.parse(raw.toString()) as { readonly Entries: readonly Entry[] };
  const fault = batch.Entries.flatMap((entry) => faultIn(callFaults, entry) ?? [])[0];
  if (fault !== undefined) {
    if (fault.carriedOut) await forward(upstream, incoming, raw);
    return reply(answer, errorAnswer(fault.status, fault.error));
  }
  const faults = new Map(batch.Entries.map((entry) => [entry.Id, faultIn(entryFaults, entry)]));
  const Entries = batch.Entries.filter(({ Id }) => faults.get(Id)?.stored !== false);
  const result = await forward(
    upstream,
    incoming,
    Buffer.from(JSON.stringify({ ...batch, Entries })),
  );
  const body = JSON.parse(result.body.toString()) as { readonly Successful?: readonly Entry[] };
  const Failed = [...faults].flatMap(([Id, one]) => (one?.failed ? [{ Id, ...one.failed }] : []));
  const Successful = (body.Successful ?? []).filter(({ Id }) => faults.get(Id) === undefined);
  reply(answer, { ...result, body: Buffer.from(JSON.stringify({ Successful, Failed })) });
}

function faultIn<T>(faults: Readonly<Record<string, T>>, { MessageBody }: Entry): T | undefined {
  const body = Buffer.from(MessageBody, 'base64').toString();
  return Object.entries(faults).find(([word]) => body.startsWith(word))?.[1];
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const errorAnswer = (status: number, error: string): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: Buffer.from(JSON.stringify({ __type: `com.amazonaws.sqs#${error}`, message: error })),
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

function forward(upstream: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
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
