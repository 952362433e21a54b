import type { SQSClient } from '@aws-sdk/client-sqs';
import { endOf } from './call-failures.ts';
import { AwsCode, outcomeOf } from './outcomes.ts';

/** How the attempts of a call ended that failed, by the error or the output that the caller gets of it. */
const failedOf = new WeakMap<object, readonly AwsCode[]>();

/** From here on the attempts of this client’s calls are known, and not only the last of each. */
export function watchAttempts(client: Pick<SQSClient, 'middlewareStack'>): void {
  const calls = new WeakMap<object, AwsCode[]>();
  client.middlewareStack.add(
    (next, call) => async (of) => {
      const failed = calls.get(call) ?? [];
      calls.set(call, failed);
      try {
        const result = await next(of);
        if (result.output !== undefined) failedOf.set(result.output, failed);
        return result;
      } catch (error) {
        failed.push(endOf(error));
        if (typeof error === 'object' && error !== null) failedOf.set(error, failed);
        throw error;
      }
    },
    // Within the client’s own retries, around what reads an answer.
    { step: 'deserialize', priority: 'high', name: 'ackmarkAttemptEnds' },
  );
}

/**
 * Whether every attempt that failed was refused by an answer, so that none of them has done anything: a limit of calls
 * that the client met several times. False where nobody watched.
 * @param end the error or the output of the call
 */
export function onlyRefusedBefore(end: unknown): boolean {
  return failedBefore(end)?.every((code) => outcomeOf(code) === 'fail') ?? false;
}

/** Whether an attempt of the call was refused by a limit. */
export function wasThrottled(end: unknown): boolean {
  return failedBefore(end)?.includes(AwsCode.throttled) ?? false;
}

function failedBefore(end: unknown): readonly AwsCode[] | undefined {
  return typeof end === 'object' && end !== null ? failedOf.get(end) : undefined;
}
