import { afterAll, beforeAll, describe } from 'vitest';
import engine from '../../../engines/kafka/engine.ts';
import redpanda from '../../../engines/redpanda/engine.ts';
import { adapterProfiles } from '../../contract/adapter-profiles.ts';
import { contractSuite } from '../../contract/suite.ts';
import { live, type LiveKafka, startKafka } from './live-kafka.ts';

/** The broker alone removes segments. The suite's messages have no keys, which a compacted topic refuses. */
const others = new Set(['short-retention', 'compacted']);

describe.skipIf(!live)('the contract against a real Kafka (needs ACKMARK_LIVE=1)', () => {
  let kafka: LiveKafka | undefined;
  beforeAll(async () => {
    kafka = await startKafka();
  });
  afterAll(() => kafka?.stop());

  for (const profile of adapterProfiles(engine)) {
    if (others.has(profile)) continue;
    contractSuite(`kafka@${profile}`, {
      engine,
      module: new URL('../../../engines/kafka/engine.ts', import.meta.url),
      profile,
      target: () => {
        if (kafka === undefined) throw new Error('the broker is not up');
        return Promise.resolve({ target: kafka.up.target, down: () => Promise.resolve() });
      },
      patienceMs: 15_000,
      quietMs: 600,
    });
  }

  /** What is about its own broker cannot be put to Kafka; the adapter can, which is Kafka's but for its topics. */
  contractSuite('redpanda@idempotent, at this Kafka', {
    engine: redpanda,
    module: new URL('../../../engines/redpanda/engine.ts', import.meta.url),
    profile: 'idempotent',
    target: () => {
      const target = redpanda.external?.(`redpanda://${kafka?.up.target.address}`, {});
      if (target === undefined) throw new Error('redpanda runs elsewhere');
      return Promise.resolve({ target, down: () => Promise.resolve() });
    },
    patienceMs: 15_000,
    quietMs: 600,
  });
});
