import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../../engines/embedded/protocol/bytes.ts';
import { writeCreateTopic } from '../../../engines/embedded/protocol/log-messages.ts';
import { Api } from '../../../engines/embedded/protocol/protocol.ts';
import { SimulatedClient } from '../../../engines/embedded/simulation/client.ts';
import { SimulatedNode } from '../../../engines/embedded/simulation/node.ts';
import { EngineWorld } from '../../../harness/simulate/simulated-world.ts';

function nodeIn(world: EngineWorld): SimulatedNode {
  const fsync = { kind: 'never' } as const;
  return new SimulatedNode(world, { kind: 'log', fsync, rebalanceTimeoutMs: 40, maxInFlight: 10 });
}

function newWorld(): EngineWorld {
  return new EngineWorld({ seed: 1, broken: undefined });
}

const topic = { name: 't', partitions: 1, replicas: 1, minInSync: 1 };
const createTopic = () => writeCreateTopic(new ByteWriter(), topic).finish();

describe('a simulated node', () => {
  it('does not swallow what it refuses its operator', () => {
    const node = nodeIn(newWorld());
    node.start();
    node.tell(Api.createTopic, createTopic(), () => {});
    expect(() => node.tell(Api.createTopic, createTopic(), () => {})).toThrow('refused request');
  });

  it('does not swallow an operator’s request while it is down', () => {
    expect(() => nodeIn(newWorld()).tell(Api.createTopic, createTopic(), () => {})).toThrow('down');
  });
});

describe('a client that stands still', () => {
  it('does what has come in its order, however often it is stopped', () => {
    const world = newWorld();
    const listener = { up: () => {}, down: () => {}, pushed: () => {} };
    const client = new SimulatedClient(world, nodeIn(world), { cuts: 0 }, listener);
    const done: string[] = [];
    client.stall(100);
    client.whenAwake(() => done.push('first'));
    world.agenda.after(50, () => {
      client.stall(150);
      client.whenAwake(() => done.push('second'));
    });
    world.agenda.run(1_000);
    expect(done).toEqual(['first', 'second']);
  });
});
