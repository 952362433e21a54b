import { createHash } from 'node:crypto';
import { PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fauxqsProvisioner } from '../../../engines/aws/fauxqs.ts';
import { clientSettings } from '../../../engines/aws/service-client.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { fidelity } from '../../../engines/sqs/fidelity/clauses.ts';
import { answerOf, occasionAt, unhurried } from '../aws/occasion.ts';
import {
  type Answer,
  changed,
  jsonAnswer,
  jsonError,
  type Tamper,
  type TamperingFront,
  tamperingFront,
} from '../aws/tampering-front.ts';
import { bringUp } from '../embedded/bring-up.ts';

const quick = fidelity.clauses.filter(({ takes }) => takes === 'seconds');

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

interface Attributed {
  readonly Attributes: Readonly<Record<string, string>>;
}

/** Queues are made with other attributes than were asked for. */
const madeWith = (change: (asked: Readonly<Record<string, string>>) => object): Tamper => {
  return ({ action, body }, pass) => {
    if (action !== 'CreateQueue') return pass();
    const asked = JSON.parse(body) as Attributed;
    return pass(JSON.stringify({ ...asked, Attributes: change(asked.Attributes) }));
  };
};

/** The answer to one action is another. */
const answering = (of: string, change: Parameters<typeof changed>[1]): Tamper => {
  return ({ action }, pass) => (action === of ? changed(pass(), change) : pass());
};

const without = (name: string) => (of: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(of).filter(([key]) => key !== name));

const listOf = (value: Record<string, unknown>, name: string): readonly object[] => {
  const list = value[name];
  return Array.isArray(list) ? list : [];
};

let ids = 0;
let sends = 0;

/** One planted fault for each group: the target does otherwise than the clause says. */
const planted: readonly (readonly [group: string, clause: string, Tamper])[] = [
  [
    'Visibility timeout',
    'visibility-hides',
    madeWith((asked) => ({ ...asked, VisibilityTimeout: '0' })),
  ],
  [
    'Receipts and counts',
    'receive-count',
    answering('ReceiveMessage', (value) => ({
      Messages: listOf(value, 'Messages').map((message) => ({
        ...message,
        Attributes: { ApproximateReceiveCount: '1' },
      })),
    })),
  ],
  [
    'Delay and long poll',
    'delay-of-message',
    ({ action, body }, pass) =>
      action === 'SendMessage'
        ? pass(JSON.stringify({ ...JSON.parse(body), DelaySeconds: 0 }))
        : pass(),
  ],
  [
    'Batches',
    'batch-delete-partial',
    answering('DeleteMessageBatch', () => ({ Successful: [{ Id: 'good' }, { Id: 'bad' }] })),
  ],
  ['Sizes and characters', 'size-of-queue', madeWith(without('MaximumMessageSize'))],
  [
    'Queues',
    'queue-counts',
    answering('GetQueueAttributes', () => ({ Attributes: { ApproximateNumberOfMessages: '3' } })),
  ],
  ['Dead letters', 'dead-letter', madeWith(without('RedrivePolicy'))],
  [
    'Message groups',
    'fifo-group-blocks',
    ({ action, body }, pass) => {
      if (action !== 'SendMessage') return pass();
      ids += 1;
      return pass(JSON.stringify({ ...JSON.parse(body), MessageGroupId: `other-${ids}` }));
    },
  ],
  [
    'Deduplication',
    'dedup-by-id',
    ({ action, body }, pass) => {
      if (action !== 'SendMessage') return pass();
      ids += 1;
      return pass(JSON.stringify({ ...JSON.parse(body), MessageDeduplicationId: `other-${ids}` }));
    },
  ],
  [
    'Quotas',
    'fifo-calls',
    async ({ action }, pass) => {
      if (action !== 'SendMessage') return pass();
      sends += 1;
      return sends > 1 ? jsonError(400, 'InvalidParameterValue') : pass();
    },
  ],
];

/** These see a fault only before a time is over: to them a slow machine takes none. */
const hurried: ReadonlySet<string> = new Set(['visibility-hides', 'delay-of-message']);

describe('a planted fault is a deviation', () => {
  test.concurrent.each(planted)('%s: %s', { timeout: 60_000 }, async (_group, clause, tamper) => {
    const occasion = occasionAt(await through(tamper));
    const asked = hurried.has(clause) ? unhurried(occasion) : occasion;
    const answer = await answerOf(fidelity, clause, asked);
    expect(answer).toMatchObject({ verdict: 'deviates' });
  });

  test('over a crash: what was acknowledged and is gone afterwards', async () => {
    const address = up.target.address;
    const queues = new Set<string>();
    // The looks of the probe alone take time, and a second each.
    let now = 0;
    const front = await through(({ action, body }, pass) => {
      const asked = JSON.parse(body) as { readonly QueueUrl: string };
      if (action === 'SendMessage') queues.add(asked.QueueUrl);
      if (action !== 'ReceiveMessage') return pass();
      now += 1_000;
      return pass(JSON.stringify({ ...asked, WaitTimeSeconds: 0 }));
    });
    const client = new SQSClient({
      ...clientSettings(up.target, { attempts: 1, answerTimeoutMs: 5_000 }),
      endpoint: address,
      useQueueUrlAsEndpoint: false,
    });
    const forget = async (): Promise<void> => {
      for (const QueueUrl of queues) await client.send(new PurgeQueueCommand({ QueueUrl }));
    };
    const occasion = { ...occasionAt(front, forget), nowMs: () => now };
    const answer = await answerOf(fidelity, 'kept-over-a-crash', occasion);
    client.destroy();
    expect(answer).toMatchObject({ verdict: 'deviates', answer: '0 of 20' });
  }, 30_000);

  test('every group has one', () => {
    const groups = new Set(fidelity.clauses.map(({ group }) => group));
    // Those of windows are planted where silence is, too.
    const others = ['Over a crash', 'Windows and limits'];
    expect(new Set([...planted.map(([group]) => group), ...others])).toEqual(groups);
  });
});

describe('what could not be asked is no clause kept', () => {
  test('a target that refuses to make a queue', async () => {
    const front = await through(async ({ action }, pass) =>
      action === 'CreateQueue' ? jsonError(400, 'OverLimit') : pass(),
    );
    const asked = fidelity.clauses.filter(({ id }) => id !== 'queue-unknown');
    for (const { id } of asked) {
      const answer = await answerOf(fidelity, id, occasionAt(front));
      expect(answer, id).toMatchObject({ verdict: 'inconclusive' });
    }
    expect(new Set(asked.map(({ group }) => group)).size).toBe(planted.length + 2);
  }, 30_000);

  test('a target that answers everything with 500', async () => {
    const front = await through(async () => jsonError(500, 'InternalFailure'));
    for (const { id } of quick) {
      const { verdict } = await answerOf(fidelity, id, occasionAt(front));
      expect(['inconclusive', 'deviates'], id).toContain(verdict);
    }
  }, 30_000);

  test('a target that accepts everything and does nothing', async () => {
    const front = await through(async ({ action, body }) => yes(action, body));
    // Nothing ever comes: time flies, or every look would be waited for.
    let now = 0;
    const verdicts = await Promise.all(
      quick.map(async ({ id }) => {
        const occasion = {
          ...occasionAt(front, async () => {}),
          nowMs: () => (now += 250),
          wait: async (ms: number) => void (now += ms),
        };
        return [id, (await answerOf(fidelity, id, occasion)).verdict] as const;
      }),
    );
    const kept = verdicts.filter(([, verdict]) => verdict === 'kept').map(([id]) => id);
    // The clock that flies makes a poll of nothing long; the others are answers to be had for a yes.
    expect(kept).toEqual(['long-poll-waits', 'size-message', 'queue-same-again']);
  }, 60_000);

  test('a crash where nobody may kill', async () => {
    const occasion = occasionAt(up.target.address);
    const answer = await answerOf(fidelity, 'kept-over-a-crash', occasion);
    expect(answer.verdict).toBe('inconclusive');
  });

  test('a quota of which the target is too slow to be asked', async () => {
    let last = Promise.resolve();
    const front = await through(({ action, body }, pass) => {
      if (action !== 'SendMessage') return pass();
      last = last.then(() => new Promise((resolve) => setTimeout(resolve, 5)));
      return last.then(() => yes('SendMessage', body));
    });
    const answer = await answerOf(fidelity, 'fifo-calls', occasionAt(front));
    expect(answer.verdict).toBe('inconclusive');
  }, 60_000);
});

describe('what a target does not know is not modelled', () => {
  test('a call that it does not have', async () => {
    const front = await through(async ({ action }, pass) =>
      action === 'StartMessageMoveTask' ? jsonError(400, 'UnsupportedOperation') : pass(),
    );
    const answer = await answerOf(fidelity, 'dead-letter-move-source', occasionAt(front));
    expect(answer).toMatchObject({ verdict: 'not-modelled' });
  });

  test('a throttle is what a quota asks for', async () => {
    let calls = 0;
    const front = await through(async ({ action }, pass) => {
      if (action !== 'SendMessage') return pass();
      calls += 1;
      return calls > 300 ? jsonError(400, 'RequestThrottled') : pass();
    });
    // However slow the machine is, to the probe all of it is within a second.
    const occasion = { ...occasionAt(front), nowMs: () => 0 };
    const answer = await answerOf(fidelity, 'fifo-calls', occasion);
    expect(answer).toMatchObject({
      verdict: 'kept',
      answer: 'refused: RequestThrottled, with 300 accepted within a second',
    });
  }, 60_000);
});

describe('the clauses as data', () => {
  test('each has an id of its own and a page of AWS', () => {
    const ids = fidelity.clauses.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { source } of fidelity.clauses) {
      expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/AWSSimpleQueueService\//);
    }
  });

  test('each known deviation is of a clause that is there', () => {
    const ids = new Set(fidelity.clauses.map(({ id }) => id));
    for (const { clause } of fidelity.deviations) expect(ids).toContain(clause);
  });
});

/** What says yes to everything; the client looks at nothing but the digest of what was sent. */
function yes(action: string, body: string): Answer {
  if (action === 'CreateQueue') return jsonAnswer({ QueueUrl: 'http://127.0.0.1/1/queue' });
  if (action !== 'SendMessage') return jsonAnswer({});
  const { MessageBody } = JSON.parse(body) as { readonly MessageBody: string };
  const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
  return jsonAnswer({ MessageId: 'm', MD5OfMessageBody });
}
