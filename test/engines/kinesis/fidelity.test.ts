import { CreateStreamCommand, DeleteStreamCommand } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LimitedShards } from '../../../engines/aws/front/limited-shards.ts';
import { openRelay } from '../../../engines/aws/front/relay.ts';
import { kinesisClient } from '../../../engines/kinesis/client.ts';
import { fidelity } from '../../../engines/kinesis/fidelity/clauses.ts';
import { kinesaliteProvisioner } from '../../../engines/kinesis/kinesalite.ts';
import { profiles } from '../../../engines/kinesis/profiles.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { answerOf, occasionAt } from '../aws/occasion.ts';
import {
  changed,
  jsonAnswer,
  jsonError,
  type Tamper,
  type TamperingFront,
  tamperingFront,
} from '../aws/tampering-front.ts';
import { bringUp } from '../embedded/bring-up.ts';
import { type Document, listOf, yes } from './says-yes.ts';

const quick = fidelity.clauses.filter(({ takes }) => takes === 'seconds');
const throttle = 'ProvisionedThroughputExceededException';

let up: Provisioned;
const fronts: TamperingFront[] = [];
beforeAll(async () => {
  up = await bringUp(kinesaliteProvisioner);
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

/** What one action asks for is something else. */
const asking = (of: string, change: (asked: Document) => Document): Tamper => {
  return ({ action, body }, pass) =>
    action === of ? pass(JSON.stringify(change(JSON.parse(body) as Document))) : pass();
};

/** The answer to one action is another. */
const answering = (of: string, change: Parameters<typeof changed>[1]): Tamper => {
  return ({ action }, pass) => (action === of ? changed(pass(), change) : pass());
};

let reads = 0;

/** One planted fault for each group: the target does otherwise than the clause says. */
const planted: readonly (readonly [group: string, clause: string, Tamper])[] = [
  ['Streams', 'stream-shards', asking('CreateStream', (asked) => ({ ...asked, ShardCount: 2 }))],
  [
    'Records',
    'key-hashes',
    asking('PutRecord', (asked) => ({ ...asked, PartitionKey: 'another' })),
  ],
  [
    'Iterators',
    'from-after-sequence-number',
    asking('GetShardIterator', (asked) => ({ ...asked, ShardIteratorType: 'AT_SEQUENCE_NUMBER' })),
  ],
  ['Reads', 'read-limit', asking('GetRecords', (asked) => ({ ...asked, Limit: 100 }))],
  [
    'Sizes',
    'batch-too-many',
    asking('PutRecords', (asked) => ({ ...asked, Records: listOf(asked, 'Records').slice(1) })),
  ],
  [
    'Resharding',
    'parent-ends',
    answering('GetRecords', (value) => ({
      ...value,
      Records: listOf(value, 'Records').slice(1),
    })),
  ],
  [
    'Retention',
    'retention-too-long',
    asking('IncreaseStreamRetentionPeriod', (asked) => ({ ...asked, RetentionPeriodHours: 48 })),
  ],
  [
    'Enhanced fan-out',
    'consumer-same-again',
    async ({ action }, pass) =>
      action === 'RegisterStreamConsumer' ? jsonAnswer({ Consumer: {} }) : pass(),
  ],
  [
    'Quotas',
    'shard-reads',
    async ({ action }, pass) => {
      if (action !== 'GetRecords') return pass();
      reads += 1;
      return reads > 2 ? jsonError(400, throttle) : pass();
    },
  ],
];

describe('a planted fault is a deviation', () => {
  test.concurrent.each(planted)('%s: %s', { timeout: 60_000 }, async (_group, clause, tamper) => {
    const answer = await answerOf(fidelity, clause, occasionAt(await through(tamper)));
    expect(answer).toMatchObject({ verdict: 'deviates' });
  });

  test('over a crash: what was acknowledged and is gone afterwards', async () => {
    const streams: string[] = [];
    const front = await through(({ action, body }, pass) => {
      if (action === 'CreateStream') {
        streams.push((JSON.parse(body) as { StreamName: string }).StreamName);
      }
      return pass();
    });
    const client = kinesisClient(up.target, profiles.shards.options);
    const forget = async (): Promise<void> => {
      for (const StreamName of streams) {
        await client.send(new DeleteStreamCommand({ StreamName }));
        await expect
          .poll(() => client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 })))
          .toBeDefined();
      }
    };
    // Nothing ever comes: time flies, or every look would be waited for.
    let now = 0;
    const occasion = {
      ...occasionAt(front, forget),
      nowMs: () => now,
      wait: async (ms: number) => void (now += ms),
    };
    const answer = await answerOf(fidelity, 'kept-over-a-crash', occasion);
    client.destroy();
    expect(answer).toMatchObject({ verdict: 'deviates', answer: '0 of 20' });
  }, 30_000);

  test('every group has one', () => {
    const groups = new Set(fidelity.clauses.map(({ group }) => group));
    expect(new Set([...planted.map(([group]) => group), 'Over a crash'])).toEqual(groups);
  });
});

describe('what could not be asked is no clause kept', () => {
  test('a target that refuses to make a stream', async () => {
    const front = await through(async ({ action }, pass) =>
      action === 'CreateStream' ? jsonError(400, 'LimitExceededException') : pass(),
    );
    // These are about what a stream is not made of, or about one that is not there.
    const others = ['stream-unknown', 'shards-none', 'shards-most', 'iterator-invalid'];
    for (const { id } of quick.filter(({ id }) => !others.includes(id))) {
      const answer = await answerOf(fidelity, id, occasionAt(front));
      expect(answer, id).toMatchObject({ verdict: 'inconclusive' });
    }
  }, 30_000);

  test('a target that answers everything with 500', async () => {
    const front = await through(async () => jsonError(500, 'InternalFailure'));
    for (const { id } of quick) {
      const answer = await answerOf(fidelity, id, occasionAt(front));
      expect(answer, id).toMatchObject({ verdict: 'inconclusive' });
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
    // These are answers to be had for a yes.
    expect(kept).toEqual(['record-largest', 'key-longest', 'batch-five-million']);
  }, 60_000);

  test('a target that makes one shard, whatever it is asked for', async () => {
    const front = await through(asking('CreateStream', (asked) => ({ ...asked, ShardCount: 1 })));
    for (const id of ['sequence-number-foreign', 'merge-child', 'merge-adjacent', 'split-within']) {
      const answer = await answerOf(fidelity, id, occasionAt(front));
      expect(answer, id).toMatchObject({ verdict: 'inconclusive' });
    }
  }, 30_000);

  test('a crash where nobody may kill', async () => {
    const answer = await answerOf(fidelity, 'kept-over-a-crash', occasionAt(up.target.address));
    expect(answer.verdict).toBe('inconclusive');
  });

  test('a quota of which the target is too slow to be asked', async () => {
    let now = 0;
    const occasion = { ...occasionAt(up.target.address), nowMs: () => (now += 3_000) };
    for (const id of ['shard-writes', 'shard-reads']) {
      expect((await answerOf(fidelity, id, occasion)).verdict, id).toBe('inconclusive');
    }
  });
});

describe('a quota of a shard', () => {
  test('is kept by the proxy that has it', async () => {
    const [upstream] = up.upstreams;
    if (upstream === undefined) throw new Error('a target has a node');
    // To it no time passes: what is used up does not come again, however slow the machine is.
    const manner = new LimitedShards(profiles['shard-quota'].options.service, () => 0);
    const relay = await openRelay(0, upstream, manner);
    const address = `http://127.0.0.1:${relay.port}`;
    const writes = await answerOf(fidelity, 'shard-writes', occasionAt(address));
    const reads = await answerOf(fidelity, 'shard-reads', occasionAt(address));
    await relay.close();
    expect(writes).toMatchObject({
      verdict: 'kept',
      answer: expect.stringMatching(`^1000 stored .*${throttle}$`),
    });
    expect(reads).toMatchObject({
      verdict: 'kept',
      answer: expect.stringMatching(`^5 read .*${throttle}$`),
    });
  }, 30_000);

  test('is kept, too, where whole calls are throttled', async () => {
    let calls = 0;
    const front = await through(async ({ action }, pass) => {
      if (action !== 'PutRecords') return pass();
      calls += 1;
      return calls > 2 ? jsonError(400, throttle) : pass();
    });
    const answer = await answerOf(fidelity, 'shard-writes', occasionAt(front));
    expect(answer).toMatchObject({
      verdict: 'kept',
      answer: expect.stringContaining('1000 stored'),
    });
  }, 30_000);

  test('is another one where more is taken before anything is throttled', async () => {
    const calls = new Map<string, number>();
    const front = await through(async ({ action }, pass) => {
      const call = (calls.get(action) ?? 0) + 1;
      calls.set(action, call);
      const most = { PutRecords: 5, GetRecords: 14 }[action] ?? Number.POSITIVE_INFINITY;
      return call > most ? jsonError(400, throttle) : pass();
    });
    const occasion = { ...occasionAt(front), nowMs: () => 0 };
    for (const [id, taken] of [
      ['shard-writes', '2500 stored'],
      ['shard-reads', '14 read'],
    ] as const) {
      expect(await answerOf(fidelity, id, occasion), id).toMatchObject({
        verdict: 'deviates',
        answer: expect.stringContaining(taken),
      });
    }
  }, 30_000);

  test('is not modelled where all is taken within two seconds', async () => {
    const occasion = { ...occasionAt(up.target.address), nowMs: () => 0 };
    for (const id of ['shard-writes', 'shard-reads']) {
      expect((await answerOf(fidelity, id, occasion)).verdict, id).toBe('not-modelled');
    }
  }, 30_000);
});

describe('the clauses as data', () => {
  test('each has an id of its own and a page of AWS', () => {
    const ids = fidelity.clauses.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { source } of fidelity.clauses) {
      expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/(?:kinesis|streams)\/latest\//);
    }
  });

  test('each known deviation is of a clause that is there', () => {
    const ids = new Set(fidelity.clauses.map(({ id }) => id));
    for (const { clause } of fidelity.deviations) expect(ids).toContain(clause);
  });
});
