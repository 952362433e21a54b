import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fauxqsProvisioner } from '../../../engines/aws/fauxqs.ts';
import type { ClauseAnswer } from '../../../engines/fidelity.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { fidelity } from '../../../engines/sqs/fidelity/clauses.ts';
import { answerOf, occasionAt } from '../aws/occasion.ts';
import {
  changed,
  jsonError,
  type Tamper,
  type TamperingFront,
  tamperingFront,
} from '../aws/tampering-front.ts';
import { bringUp } from '../embedded/bring-up.ts';

let up: Provisioned;
const fronts: TamperingFront[] = [];
beforeAll(async () => {
  up = await bringUp(fauxqsProvisioner);
}, 60_000);
afterAll(async () => {
  for (const front of fronts) await front.close();
  await up.down();
});

async function through(tamper: Tamper): Promise<string> {
  const front = await tamperingFront(up.target.address, tamper);
  fronts.push(front);
  return front.address;
}

/** One action is refused, and all others are handed on. */
const refusing =
  (of: string, status: number, name: string): Tamper =>
  async ({ action }, pass) =>
    action === of ? jsonError(status, name) : pass();

describe('a refusal that has another reason keeps no clause', () => {
  test('a send without a group that is refused for who asks', async () => {
    const front = await through(refusing('SendMessage', 403, 'AccessDenied'));
    const answer = await answerOf(fidelity, 'fifo-group-required', occasionAt(front));
    expect(answer.verdict).toBe('inconclusive');
  });

  test('a dead-letter queue of which nobody knows the name', async () => {
    const front = await through(({ action }, pass) =>
      action === 'GetQueueAttributes' ? changed(pass(), () => ({ Attributes: {} })) : pass(),
    );
    const answer = await answerOf(fidelity, 'dead-letter-of-fifo', occasionAt(front));
    expect(answer).toMatchObject({
      verdict: 'inconclusive',
      answer: expect.stringContaining('a queue with an ARN'),
    });
  });
});

describe('a quota is kept by as many acceptances', () => {
  const throttledAfter = (count: number): Tamper => {
    let calls = 0;
    return async ({ action }, pass) => {
      if (action !== 'SendMessage') return pass();
      calls += 1;
      return calls > count ? jsonError(400, 'RequestThrottled') : pass();
    };
  };

  test('a throttle after a few calls is a deviation, however slow the machine', async () => {
    const front = await through(throttledAfter(50));
    const answer = await answerOf(fidelity, 'fifo-calls', occasionAt(front));
    expect(answer).toMatchObject({
      verdict: 'deviates',
      answer: 'refused: RequestThrottled, after 50 at most',
    });
  }, 60_000);

  test('a throttle after enough calls, which took longer than a second, says nothing', async () => {
    const front = await through(throttledAfter(400));
    let now = 0;
    const occasion = { ...occasionAt(front), nowMs: () => (now += 10) };
    const answer = await answerOf(fidelity, 'fifo-calls', occasion);
    expect(answer).toMatchObject({
      verdict: 'inconclusive',
      answer: expect.stringContaining('too slow to tell'),
    });
  }, 60_000);
});

describe('a crash after which the queue is not seen', () => {
  const nothing = async (): Promise<void> => {};

  test.each([
    [400, 'QueueDoesNotExist', 'not-modelled'],
    [400, 'AWS.SimpleQueueService.NonExistentQueue', 'not-modelled'],
    [403, 'AccessDenied', 'inconclusive'],
    [400, 'RequestThrottled', 'inconclusive'],
    [503, 'ServiceUnavailable', 'inconclusive'],
  ])('%i %s is %s', async (status, name, verdict) => {
    const front = await through(refusing('GetQueueUrl', status, name));
    const occasion = occasionAt(front, nothing);
    const answer = await answerOf(fidelity, 'kept-over-a-crash', occasion);
    expect(answer).toMatchObject({ verdict, answer: expect.stringContaining('planted') });
  });
});

test('a long poll that is refused before anybody awaits it ends the probe alone', async () => {
  const front = await through(refusing('ReceiveMessage', 400, 'OverLimit'));
  const unhandled: unknown[] = [];
  const keep = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', keep);
  const answer = await answerOf(fidelity, 'long-poll-ends-with-message', occasionAt(front));
  process.off('unhandledRejection', keep);
  expect(answer).toMatchObject({
    verdict: 'inconclusive',
    answer: expect.stringContaining('OverLimit'),
  });
  expect(unhandled).toEqual([]);
});

describe('what only minutes show is not kept by silence', () => {
  /** The minutes fly; what is handed out after them is only what passes, and polls of nothing take their time. */
  async function afterMinutes(
    clause: string,
    passes: (body: string) => boolean,
  ): Promise<ClauseAnswer> {
    let nowMs = 0;
    let hasFlown = false;
    const front = await through(async ({ action, body }, pass) => {
      if (action !== 'ReceiveMessage' || !hasFlown) return pass();
      const asked = JSON.parse(body) as { readonly WaitTimeSeconds: number };
      return changed(pass(JSON.stringify({ ...asked, WaitTimeSeconds: 0 })), (value) => {
        const all = (value['Messages'] ?? []) as readonly { readonly Body: string }[];
        const Messages = all.filter(({ Body }) => passes(Body));
        if (Messages.length === 0) nowMs += asked.WaitTimeSeconds * 1_000;
        return { Messages };
      });
    });
    return answerOf(fidelity, clause, {
      ...occasionAt(front),
      nowMs: () => nowMs,
      wait: async (ms) => {
        nowMs += ms;
        hasFlown = true;
      },
    });
  }

  test.each(['dedup-to-the-edge', 'dedup-after-window', 'retention-ends'])(
    '%s, of a queue that has stopped handing out messages',
    async (clause) => {
      const answer = await afterMinutes(clause, () => false);
      expect(answer).toMatchObject({
        verdict: 'inconclusive',
        answer: expect.stringContaining('a message that is sent afterwards is received'),
      });
    },
  );

  test('a copy that is recognised within the five minutes', async () => {
    const answer = await afterMinutes('dedup-to-the-edge', () => true);
    expect(answer).toMatchObject({ verdict: 'kept', answer: 'nothing' });
  });

  test('a copy that is recognised for longer than five minutes', async () => {
    // To the target the copy comes at once.
    const answer = await afterMinutes('dedup-after-window', () => true);
    expect(answer).toMatchObject({
      verdict: 'deviates',
      request: 'SendMessage with the same id after 310 s',
      answer: 'nothing',
    });
  });

  test('a message that is gone while what is sent later comes', async () => {
    const answer = await afterMinutes('retention-ends', (body) => body !== 'one');
    expect(answer.verdict).toBe('kept');
  });

  test('a message that is there long after its time', async () => {
    const answer = await afterMinutes('retention-ends', () => true);
    expect(answer.verdict).toBe('deviates');
  });
});
