import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { isThrottle } from '../../aws/call-failures.ts';
import {
  deviates,
  established,
  inconclusive,
  kept,
  notModelled,
} from '../../aws/fidelity/answers.ts';
import { probeClients } from '../../aws/fidelity/probe-clients.ts';
import type { ClauseAnswer, Occasion } from '../../fidelity.ts';
import { guide, queueClauses, type QueueKit } from './kit.ts';

/** Of a FIFO queue without high throughput, for each action. */
const callsPerSecond = 300;
/** More than a second's worth, which a target has to take within a second before anything is said of it. */
const burst = 600;
const callsAtOnce = 64;
const secondMs = 1_000;

export const quotas = queueClauses('Quotas', [
  {
    id: 'fifo-calls',
    says: 'A FIFO queue takes 300 calls of an action a second, and throttles what is more.',
    source: `${guide}/quotas-messages.html`,
    manner: 'alone',
    ask: fifoCalls,
  },
]);

/** Not to be throttled says something only of a target that takes as many calls. */
async function fifoCalls(kit: QueueKit): Promise<ClauseAnswer> {
  const url = await kit.fifo();
  const repeat = await sentOnce(kit.occasion, url);
  const request = `one SendMessage ${burst} times, ${callsAtOnce} at once`;
  // The send whose request is repeated is one of them.
  const acceptedMs: number[] = [kit.occasion.nowMs()];
  let refused: { readonly name: string; readonly afterMost: number } | undefined;
  let left = burst;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const name = await repeat();
      if (name === undefined) acceptedMs.push(kit.occasion.nowMs());
      // Acceptances of calls beside it may be seen later than it.
      else refused ??= { name, afterMost: acceptedMs.length + callsAtOnce - 1 };
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, worker));
  const most = mostWithin(acceptedMs, secondMs);
  if (refused !== undefined) {
    const before = Math.min(acceptedMs.length, refused.afterMost);
    return refusedBy(request, refused.name, { before, most });
  }
  return most > callsPerSecond
    ? notModelled(request, `all accepted, ${most} of them within a second`)
    : inconclusive(request, `all accepted, and ${most} a second at most: not asked enough`);
}

interface Accepted {
  /** So many at most had been accepted when the first call was refused: no clock is needed to count them. */
  readonly before: number;
  /** Within any second. */
  readonly most: number;
}

/** A throttle keeps the clause only after as many calls as the quota has. */
function refusedBy(request: string, name: string, { before, most }: Accepted): ClauseAnswer {
  const answer = `refused: ${name}`;
  if (!isThrottle(name)) return deviates(request, answer);
  if (before < callsPerSecond) return deviates(request, `${answer}, after ${before} at most`);
  return most >= callsPerSecond
    ? kept(request, `${answer}, with ${most} accepted within a second`)
    : inconclusive(request, `${answer}, and ${most} accepted a second at most: too slow to tell`);
}

/**
 * Sends a message through the client. What it returns hands the same signed request to the client's own HTTP handler
 * again, which is a copy to the queue and a call to its quota, and costs a third of what a call of the client costs.
 * @returns the name of an error, or undefined for an acknowledgement
 */
async function sentOnce(
  occasion: Occasion,
  QueueUrl: string,
): Promise<() => Promise<string | undefined>> {
  const { asking: settings } = probeClients(occasion);
  const { requestHandler } = settings;
  type Request = Parameters<typeof requestHandler.handle>[0];
  let seen: Request | undefined;
  const client = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  client.middlewareStack.add(
    (next) => (args) => {
      seen = args.request as Request;
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await client.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: 'm',
      MessageGroupId: 'g',
      MessageDeduplicationId: 'd',
    }),
  );
  const request = seen;
  established(request !== undefined, 'a request of the client');
  return async () => {
    const { response } = await requestHandler.handle(request);
    const text = await textOf(response.body as AsyncIterable<Uint8Array>);
    return response.statusCode < 400 ? undefined : errorName(text);
  };
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** `__type` of an answer in AWS JSON, without its namespace. */
function errorName(text: string): string {
  return /"__type"\s*:\s*"(?:[^"#]*#)?([^"]*)"/.exec(text)?.[1] ?? 'an error without a name';
}

/** The largest number of instants in any window of that length; they are in their order. */
function mostWithin(instantsMs: readonly number[], windowMs: number): number {
  let most = 0;
  let first = 0;
  for (const [at, instantMs] of instantsMs.entries()) {
    while (instantMs - (instantsMs[first] ?? 0) > windowMs) first += 1;
    most = Math.max(most, at - first + 1);
  }
  return most;
}
