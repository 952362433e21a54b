import { createServer, type IncomingMessage, request } from 'node:http';

export interface Call {
  /** `SendMessage`, `Publish`. */
  readonly action: string;
  /** JSON of SQS, a form of SNS. */
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** What becomes of a call: `pass` hands it on, changed or not, and gives the answer. */
export type Tamper = (call: Call, pass: (body?: string) => Promise<Answer>) => Promise<Answer>;

export interface TamperingFront {
  readonly address: string;
  close(): Promise<void>;
}

/** HTTP before something that stands for SQS or SNS, which makes it deviate in one thing. */
export async function tamperingFront(upstream: string, tamper: Tamper): Promise<TamperingFront> {
  const server = createServer((incoming, answer) => {
    void (async () => {
      const body = await textOf(incoming);
      const call = { action: actionOf(incoming, body), body };
      const answered = await tamper(call, (changed = body) => forward(upstream, incoming, changed));
      answer.writeHead(answered.status, { 'content-type': answered.type });
      answer.end(answered.body);
    })().catch(() => answer.destroy());
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

const json = 'application/x-amz-json-1.0';

export const jsonAnswer = (value: unknown): Answer => ({
  status: 200,
  type: json,
  body: JSON.stringify(value),
});

export const jsonError = (status: number, name: string): Answer => ({
  status,
  type: json,
  body: JSON.stringify({ __type: `com.amazonaws.sqs#${name}`, message: 'planted' }),
});

/** The answer with its JSON changed. */
export async function changed(
  answer: Promise<Answer>,
  change: (value: Record<string, unknown>) => unknown,
): Promise<Answer> {
  const { body, ...rest } = await answer;
  const parsed = JSON.parse(body === '' ? '{}' : body) as Record<string, unknown>;
  return { ...rest, body: JSON.stringify(change(parsed)) };
}

function actionOf({ headers }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.slice(target.indexOf('.') + 1);
  return new URLSearchParams(body).get('Action') ?? '';
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function forward(upstream: string, incoming: IncomingMessage, body: string): Promise<Answer> {
  const { method = 'POST', url = '/', headers } = incoming;
  const length = `${Buffer.byteLength(body)}`;
  return new Promise((resolve, reject) => {
    const out = request(
      new URL(url, upstream),
      { method, headers: { ...headers, 'content-length': length } },
      (response) => {
        const type = response.headers['content-type'] ?? json;
        textOf(response).then(
          (text) => resolve({ status: response.statusCode ?? 502, type, body: text }),
          reject,
        );
      },
    );
    out.once('error', reject);
    out.end(body);
  });
}
