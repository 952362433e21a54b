import { PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fauxqsProvisioner } from '../../../engines/aws/fauxqs.ts';
import { clientSettings } from '../../../engines/aws/service-client.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { fidelity } from '../../../engines/sns/fidelity/clauses.ts';
import { answerOf, occasionAt } from '../aws/occasion.ts';
import {
  type Answer,
  changed,
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

/** The form of one action is another. */
const asking = (of: string, change: (form: URLSearchParams) => void): Tamper => {
  return ({ action, body }, pass) => {
    if (action !== of) return pass();
    const form = new URLSearchParams(body);
    change(form);
    return pass(form.toString());
  };
};

/** Another value of an attribute, which the form has as a pair of a key and a value. */
const withAttribute = (name: string, value: string) => (form: URLSearchParams) => {
  for (const [key, text] of form) {
    if (text === name) form.set(key.replace(/key$/, 'value'), value);
  }
};

let ids = 0;
const planted: readonly (readonly [group: string, clause: string, Tamper])[] = [
  ['Delivery', 'raw', asking('Subscribe', withAttribute('RawMessageDelivery', 'false'))],
  ['Filters', 'filter-exact', asking('Subscribe', withAttribute('FilterPolicy', '{}'))],
  [
    'FIFO topics',
    'fifo-dedup-by-id',
    asking('Publish', (form) => {
      ids += 1;
      form.set('MessageDeduplicationId', `other-${ids}`);
    }),
  ],
];

describe('a planted fault is a deviation', () => {
  test.concurrent.each(planted)('%s: %s', { timeout: 60_000 }, async (_group, clause, tamper) => {
    const answer = await answerOf(fidelity, clause, occasionAt(await through(tamper)));
    expect(answer).toMatchObject({ verdict: 'deviates' });
  });

  test('over a crash: what was acknowledged and is gone afterwards', async () => {
    const queues = new Set<string>();
    const front = await through(({ action, body }, pass) => {
      if (action === 'SetQueueAttributes') {
        queues.add((JSON.parse(body) as { QueueUrl: string }).QueueUrl);
      }
      return pass();
    });
    const client = new SQSClient({
      ...clientSettings(up.target, { attempts: 1, answerTimeoutMs: 5_000 }),
      useQueueUrlAsEndpoint: false,
    });
    const forget = async (): Promise<void> => {
      for (const QueueUrl of queues) await client.send(new PurgeQueueCommand({ QueueUrl }));
    };
    const answer = await answerOf(fidelity, 'kept-over-a-crash', occasionAt(front, forget));
    client.destroy();
    expect(answer).toMatchObject({ verdict: 'deviates', answer: '0 of 20' });
  }, 30_000);

  test('every group has one', () => {
    const groups = new Set(fidelity.clauses.map(({ group }) => group));
    expect(new Set([...planted.map(([group]) => group), 'Over a crash'])).toEqual(groups);
  });
});

describe('what could not be asked is no clause kept', () => {
  test('a target that refuses to make a topic', async () => {
    const front = await through(async ({ action }, pass) =>
      action === 'CreateTopic' ? refusal : pass(),
    );
    for (const { id } of fidelity.clauses) {
      const answer = await answerOf(fidelity, id, occasionAt(front));
      expect(answer, id).toMatchObject({ verdict: 'inconclusive' });
    }
  }, 30_000);

  test('a filter beside which nothing is delivered at all', async () => {
    const front = await through(asking('Publish', (form) => form.set('TopicArn', 'arn:aws:sns:x')));
    const answer = await answerOf(fidelity, 'filter-absent', occasionAt(front));
    expect(answer.verdict).toBe('inconclusive');
  }, 30_000);

  test.each([
    ['NotFound', 'not-modelled'],
    ['Throttled', 'inconclusive'],
  ])(
    'a crash after which the topic is answered with %s is %s',
    async (name, verdict) => {
      const front = await through(async ({ action }, pass) =>
        action === 'GetTopicAttributes' ? refusedWith(name) : pass(),
      );
      const occasion = occasionAt(front, async () => {});
      const answer = await answerOf(fidelity, 'kept-over-a-crash', occasion);
      expect(answer).toMatchObject({ verdict, answer: expect.stringContaining('planted') });
    },
    30_000,
  );

  test('a filter for a queue of which nobody knows the name', async () => {
    const front = await through(({ action }, pass) =>
      action === 'GetQueueAttributes' ? changed(pass(), () => ({ Attributes: {} })) : pass(),
    );
    const answer = await answerOf(fidelity, 'filter-invalid', occasionAt(front));
    expect(answer).toMatchObject({
      verdict: 'inconclusive',
      answer: expect.stringContaining('a queue with an ARN'),
    });
  });
});

describe('the clauses as data', () => {
  test('each has an id of its own and a page of AWS', () => {
    const all = fidelity.clauses.map(({ id }) => id);
    expect(new Set(all).size).toBe(all.length);
    for (const { source } of fidelity.clauses) {
      expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/sns\//);
    }
  });

  test('each known deviation is of a clause that is there', () => {
    const all = new Set(fidelity.clauses.map(({ id }) => id));
    for (const { clause } of fidelity.deviations) expect(all).toContain(clause);
  });
});

const refusedWith = (code: string): Answer => ({
  status: 400,
  type: 'text/xml',
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>planted</Message></Error></ErrorResponse>`,
});
const refusal = refusedWith('TopicLimitExceeded');
