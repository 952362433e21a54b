import { afterEach, describe, expect, it } from 'vitest';
import { ScriptedBroker } from './scripted-broker.ts';
import { producerAt } from './scripted-producer.ts';

const notLeader = 6;
const outOfOrderSequence = 45;
const scopes = 2;
const batch = [0, 1, 0, 1];

const left: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const leave of left.splice(0).toReversed()) await leave();
});

async function scripted(
  script: readonly number[],
  nodes: number,
  profile: 'acks-all' | 'idempotent' = 'acks-all',
) {
  const broker = await ScriptedBroker.start(script, scopes);
  left.push(() => broker.stop());
  const at = await producerAt(broker, profile, { nodes, scopes });
  left.push(() => at.producer.close());
  return { broker, ...at };
}

describe('the calls of a Kafka producer', () => {
  it('are one for all partitions of a single broker', async () => {
    const { broker, producer, send, told } = await scripted([], 1);
    send(batch);
    await producer.flush();
    expect(broker.produced).toEqual([[0, 1]]);
    expect(told.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('are one for each partition of a cluster, whose leaders may part: what is refused in one is not stored again in another', async () => {
    const { broker, producer, send, told } = await scripted([notLeader, 0, 0], 3);
    send(batch);
    await producer.flush();
    const [refused] = broker.produced[0] ?? [];
    expect(broker.produced).toHaveLength(3);
    expect(broker.produced.map((partitions) => partitions.length)).toEqual([1, 1, 1]);
    expect(broker.produced.filter(([partition]) => partition === refused)).toHaveLength(2);
    expect(told.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('end with the session on a cluster when the broker lost count of an idempotent producer: other calls are numbered by the old id', async () => {
    const { broker, producer, send, ends } = await scripted([outOfOrderSequence], 3, 'idempotent');
    send([0, 1]);
    await producer.flush();
    await expect.poll(() => ends).toHaveLength(1);
    expect(broker.producerIds).toBe(1);
  });

  it('go on under a new id where they are one', async () => {
    const { broker, producer, send, ends, told } = await scripted(
      [outOfOrderSequence],
      1,
      'idempotent',
    );
    send([0, 1]);
    await producer.flush();
    expect(ends).toEqual([]);
    expect(broker.producerIds).toBe(2);
    expect(told.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
  });
});
