import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LimitedShards } from '../../../engines/aws/front/limited-shards.ts';
import { openRelay, type Relay } from '../../../engines/aws/front/relay.ts';
import { AwsCode } from '../../../engines/aws/outcomes.ts';
import engine from '../../../engines/kinesis/engine.ts';
import { kinesaliteProvisioner } from '../../../engines/kinesis/kinesalite.ts';
import type { KinesisOptions } from '../../../engines/kinesis/options.ts';
import { profiles } from '../../../engines/kinesis/profiles.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { bringUp } from '../embedded/bring-up.ts';
import { LiveCell, numbered } from '../live-cell.ts';
import { storedIn } from './stored.ts';

const { options: quota } = profiles['shard-quota'];

/**
 * Behind the limits of a shard, which are a small part of those of Kinesis: a machine that takes a sixth of a second for
 * each call meets them.
 */
describe('what the limit of a shard refused', () => {
  let kinesalite: Provisioned;
  const relays: Relay[] = [];
  beforeAll(async () => {
    kinesalite = await bringUp(kinesaliteProvisioner);
  });
  afterAll(async () => {
    for (const relay of relays) await relay.close();
    await kinesalite?.down();
  });

  async function sent(options: KinesisOptions, recordsPerSecond: number, count: number) {
    const [upstream] = kinesalite.upstreams;
    if (upstream === undefined) throw new Error('a target has a node');
    const limits = { ...quota.service, recordsPerSecond };
    const relay = await openRelay(0, upstream, new LimitedShards(limits, () => performance.now()));
    relays.push(relay);
    const cell = await LiveCell.open(engine, kinesalite.target, options);
    try {
      const address = `http://127.0.0.1:${relay.port}`;
      const { producer, sink } = await cell.producer({ ...kinesalite.target, address });
      producer.send(numbered(count).map((message) => ({ ...message, key: Buffer.from('k') })));
      await producer.flush();
      return { results: sink.results, stored: await storedIn(kinesalite.target, cell.stream) };
    } finally {
      await cell.close();
    }
  }

  test.each([
    ['PutRecords', { ...quota }],
    ['PutRecord', { ...profiles.ordered.options, throttledForMs: 30_000 }],
  ] as const)(
    'of a %s is sent again, in order, until it is stored, and nothing is stored twice',
    async (_, options) => {
      const { results, stored } = await sent(options, 4, 12);
      const ends = [...results.values()];
      expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([AwsCode.ok]));
      expect(ends.some(({ attempts }) => attempts > 1)).toBe(true);
      expect(stored).toEqual(numbered(12).map(({ body }) => body.toString()));
    },
    30_000,
  );

  test('is refused in the end where there is no time left, and was not stored', async () => {
    const { results, stored } = await sent({ ...quota, throttledForMs: 1 }, 1, 40);
    const ends = [...results.values()];
    const refused = ends.filter(({ code }) => code === AwsCode.throttled);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every(({ outcome, attempts }) => outcome === 'fail' && attempts > 1)).toBe(true);
    expect(stored).toHaveLength(ends.length - refused.length);
  }, 30_000);
});
