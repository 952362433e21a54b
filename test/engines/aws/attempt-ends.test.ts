import { once } from 'node:events';
import { createServer } from 'node:http';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { onlyRefusedBefore } from '../../../engines/aws/attempt-ends.ts';
import { failureOf } from '../../../engines/aws/call-failures.ts';
import { AwsCode } from '../../../engines/aws/outcomes.ts';
import { sqsClient } from '../../../engines/sqs/client.ts';
import { profiles } from '../../../engines/sqs/profiles.ts';

type Step = 'throttle' | 'break' | 'cut' | 'good';

/** A service that answers the attempts of one call in turn. */
async function asked(
  steps: readonly Step[],
): Promise<{ readonly output: unknown; readonly error: unknown; readonly attempts: number }> {
  let attempts = 0;
  const server = createServer((incoming, answer) => {
    incoming.resume();
    const step = steps[attempts] ?? 'good';
    attempts += 1;
    if (step === 'cut') return void incoming.socket.resetAndDestroy();
    const [status, type] = {
      throttle: [400, 'RequestThrottled'] as const,
      break: [500, 'InternalFailure'] as const,
      good: [200, undefined] as const,
    }[step];
    answer.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    answer.end(
      JSON.stringify(type === undefined ? { Successful: [], Failed: [] } : { __type: type }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const target = { kind: 'external', title: 't', nodes: 1, settings: {} } as const;
  const client = sqsClient(
    { ...target, address: `http://127.0.0.1:${port}` },
    profiles['as-users-run-it'].options,
  );
  try {
    const Entries = [{ Id: 'a', MessageBody: 'x' }];
    const output = await client.send(new SendMessageBatchCommand({ QueueUrl: 'q', Entries }));
    return { output, error: undefined, attempts };
  } catch (error) {
    return { output: undefined, error, attempts };
  } finally {
    client.destroy();
    server.closeAllConnections();
    server.close();
  }
}

describe('attempts that the client makes by itself', () => {
  test.each([
    [['throttle', 'throttle', 'throttle'], AwsCode.throttled],
    [['break', 'throttle', 'throttle'], AwsCode.refusedLater],
    [['throttle', 'cut', 'throttle'], AwsCode.refusedLater],
    [['throttle', 'throttle', 'break'], AwsCode.serverError],
  ] as const)('that end %j have the code %i', async (steps, code) => {
    const { error, attempts } = await asked(steps);
    expect(attempts).toBe(3);
    expect(failureOf(error, onlyRefusedBefore(error))).toMatchObject({ code, attempts: 3 });
    // Who does not watch them knows of the last one alone.
    if (code === AwsCode.throttled) expect(failureOf(error).code).toBe(AwsCode.refusedLater);
  });

  test.each([
    [['throttle', 'good'], true],
    [['cut', 'good'], false],
    [['good'], true],
  ] as const)('and of which one was good (%j) have done nothing before: %s', async (steps, is) => {
    const { output, attempts } = await asked(steps);
    expect(attempts).toBe(steps.length);
    expect(onlyRefusedBefore(output)).toBe(is);
  });

  test('are not known of what nobody watched', () => {
    expect(onlyRefusedBefore(new Error('x'))).toBe(false);
    expect(onlyRefusedBefore(undefined)).toBe(false);
  });
});
