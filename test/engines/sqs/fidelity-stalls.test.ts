import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fauxqsProvisioner } from '../../../engines/aws/fauxqs.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { fidelity } from '../../../engines/sqs/fidelity/clauses.ts';
import { answerOf, occasionAt } from '../aws/occasion.ts';
import { jsonAnswer, tamperingFront } from '../aws/tampering-front.ts';
import { bringUp } from '../embedded/bring-up.ts';

let up: Provisioned;
beforeAll(async () => {
  up = await bringUp(fauxqsProvisioner);
}, 60_000);
afterAll(() => up.down());

/** The time of a probe: it goes on where the probe waits, and where the test says so. */
class OwnTime {
  nowMs = 0;
  #waits = 0;

  /** @param stalledMs so much longer than it was told to takes its second wait */
  occasion(address: string, stalledMs: number) {
    return {
      ...occasionAt(address),
      nowMs: () => this.nowMs,
      wait: async (ms: number) => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        this.#waits += 1;
        this.nowMs += this.#waits === 2 ? ms + stalledMs : ms;
      },
    };
  }
}

/** A target that answers a poll, with the message, seven seconds after it began. */
async function latePoll(stalledMs: number) {
  const time = new OwnTime();
  const front = await tamperingFront(up.target.address, async ({ action }, pass) => {
    if (action !== 'ReceiveMessage') return pass();
    while (time.nowMs < 7_000) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return pass();
  });
  const occasion = time.occasion(front.address, stalledMs);
  const answer = await answerOf(fidelity, 'long-poll-ends-with-message', occasion);
  await front.close();
  return answer;
}

/** A target that has nothing for whoever looks; a look takes so much longer than it waits. */
async function nothingThere(clause: string, stalledMs: number) {
  const time = new OwnTime();
  const front = await tamperingFront(up.target.address, async ({ action, body }, pass) => {
    if (action !== 'ReceiveMessage') return pass();
    const { WaitTimeSeconds } = JSON.parse(body) as { readonly WaitTimeSeconds: number };
    time.nowMs += WaitTimeSeconds * 1_000 + stalledMs;
    return jsonAnswer({});
  });
  const answer = await answerOf(fidelity, clause, time.occasion(front.address, 0));
  await front.close();
  return answer;
}

const slow = { verdict: 'inconclusive', answer: expect.stringContaining('machine was too slow') };

describe('what came too late', () => {
  test('is the target’s, where the probe’s own waits and calls were on time', async () => {
    expect(await latePoll(0)).toMatchObject({ verdict: 'deviates' });
  });

  test('is nobody’s, where the machine stood still', async () => {
    expect(await latePoll(6_000)).toMatchObject(slow);
  });
});

describe.each(['delay-zero-of-message', 'delay-of-message'])('what never came, %s', (clause) => {
  test('is the target’s, where the probe looked often enough', async () => {
    expect(await nothingThere(clause, 0)).toMatchObject({ verdict: 'deviates' });
  });

  test('is nobody’s, where its looks took seconds', async () => {
    expect(await nothingThere(clause, 5_000)).toMatchObject(slow);
  });
});
