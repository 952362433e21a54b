import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import kafka from '../../../engines/kafka/engine.ts';
import { live, type LiveKafka, startKafka } from '../../engines/kafka/live-kafka.ts';
import { transformExactlyOnce } from './transform.ts';

/**
 * The paper test of transactions runs on the adapter itself, not on a throw-away one: its
 * `idempotent` profile declares transactions and passes the whole suite.
 */
describe.skipIf(!live)('a real Kafka (needs ACKMARK_LIVE=1)', () => {
  let broker: LiveKafka | undefined;
  beforeAll(async () => {
    broker = await startKafka();
  });
  afterAll(() => broker?.stop());

  test('consume-transform-produce commits outputs and offsets together, exactly once', async () => {
    if (broker === undefined) throw new Error('the broker is not up');
    const run = transformExactlyOnce({
      engine: kafka,
      module: new URL('../../../engines/kafka/engine.ts', import.meta.url),
      profile: 'idempotent',
      target: broker.up.target,
      prefix: `tf-${randomUUID().slice(0, 8)}`,
      patienceMs: 20_000,
      quietMs: 500,
    });
    await expect(run).resolves.toBeUndefined();
  });
});
