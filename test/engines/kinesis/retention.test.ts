import {
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DescribeStreamSummaryCommand,
  IncreaseStreamRetentionPeriodCommand,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kinesisClient } from '../../../engines/kinesis/client.ts';
import { kinesaliteProvisioner } from '../../../engines/kinesis/kinesalite.ts';
import { kinesisLocalProvisioner } from '../../../engines/kinesis/kinesis-local.ts';
import { profiles } from '../../../engines/kinesis/profiles.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { bringUp } from '../embedded/bring-up.ts';
import { until } from '../live-cell.ts';

const StreamName = 'retained';

/**
 * 24 to 8,760 hours (API reference, IncreaseStreamRetentionPeriod and DecreaseStreamRetentionPeriod); kinesalite knows
 * of 168 alone (`kinesalite-retention-a-week`).
 */
describe.each([
  ['kinesalite', 168, kinesaliteProvisioner],
  ['kinesis-local', 8_760, kinesisLocalProvisioner],
] as const)('how long %s keeps records, which is up to %i hours', (_, hoursMost, provisioner) => {
  let target: Provisioned;
  let client: KinesisClient;
  beforeAll(async () => {
    target = await bringUp(provisioner);
    client = kinesisClient(target.target, profiles.shards.options);
    await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    await until(async () => (await summary())?.StreamStatus === 'ACTIVE');
  });
  afterAll(async () => {
    client?.destroy();
    await target?.down();
  });

  const summary = async () => {
    const asked = new DescribeStreamSummaryCommand({ StreamName });
    return (await client.send(asked)).StreamDescriptionSummary;
  };
  const increase = (RetentionPeriodHours: number) =>
    client.send(new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours }));
  const decrease = (RetentionPeriodHours: number) =>
    client.send(new DecreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours }));

  test('a day by itself, and as much as that where it is asked for', async () => {
    expect((await summary())?.RetentionPeriodHours).toBe(24);
    await increase(hoursMost);
    expect((await summary())?.RetentionPeriodHours).toBe(hoursMost);
    await decrease(24);
    expect((await summary())?.RetentionPeriodHours).toBe(24);
  });

  test('less than a day and more than the most are refused, and change nothing', async () => {
    for (const refused of [() => decrease(23), () => increase(hoursMost + 1)]) {
      await expect(refused()).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    }
    expect((await summary())?.RetentionPeriodHours).toBe(24);
  });
});
