import { afterEach, describe, expect, it } from 'vitest';
import { brokerCode } from '../../../engines/kafka/outcomes.ts';
import { ScriptedBroker } from './scripted-broker.ts';
import { producerAt } from './scripted-producer.ts';

const notLeader = 6;
const notEnoughReplicas = 19;

const left: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const leave of left.splice(0).toReversed()) await leave();
});

async function scripted(script: readonly number[]) {
  const broker = await ScriptedBroker.start(script);
  left.push(() => broker.stop());
  const { told, producer, ...at } = await producerAt(broker, 'acks-all-no-retries');
  left.push(() => producer.close());
  const send = async (ticket: number): Promise<void> => {
    at.send([0], ticket);
    await producer.flush();
  };
  return { broker, told, send };
}

describe('a Kafka producer that sends nothing again', () => {
  it('does not take a refusal of a second attempt for the word about the first', async () => {
    const { broker, told, send } = await scripted([notLeader, notEnoughReplicas]);
    await send(1);
    // A leader that is none any more may have appended it before it was struck off.
    expect(told).toEqual([{ ticket: 1, outcome: 'unknown', code: brokerCode(notLeader) }]);
    expect(broker.produced).toHaveLength(1);
  });

  it('asks for the leader before the next send when the last went to the wrong one', async () => {
    const { broker, told, send } = await scripted([notLeader]);
    await send(1);
    const asked = broker.metadataAsked;
    await send(2);
    expect(broker.metadataAsked).toBe(asked + 1);
    expect(told.map(({ outcome }) => outcome)).toEqual(['unknown', 'ok']);
  });

  it('tells a refusal below the minimum as one', async () => {
    const { told, send } = await scripted([notEnoughReplicas]);
    await send(1);
    expect(told).toEqual([{ ticket: 1, outcome: 'fail', code: brokerCode(notEnoughReplicas) }]);
  });
});
