import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../engines/embedded/answer.ts';
import { ByteWriter } from '../../../engines/embedded/protocol/bytes.ts';
import { keepEverything } from '../../../engines/embedded/log/topic-policy.ts';
import { writeCreateTopic } from '../../../engines/embedded/protocol/topic-messages.ts';
import { Api, Status } from '../../../engines/embedded/protocol/protocol.ts';
import { SimulatedClient } from '../../../engines/embedded/simulation/client.ts';
import { noSkew } from '../../../engines/embedded/simulation/clock.ts';
import { SimulatedNode } from '../../../engines/embedded/simulation/node.ts';
import type { EngineWorld } from '../../../harness/simulate/simulated-world.ts';
import { keptWorld } from '../../harness/simulate/played-bytes.ts';

function nodeIn(world: EngineWorld): SimulatedNode {
  const fsync = { kind: 'never' } as const;
  const limits = { rebalanceTimeoutMs: 40, maxInFlight: 10, largestEntryBytes: 1_000 };
  return new SimulatedNode(world, { kind: 'log', fsync, ...limits, skew: noSkew });
}

function newWorld(): EngineWorld {
  return keptWorld({ seed: 1, broken: undefined }).world;
}

const topic = { name: 't', partitions: 1, replicas: 1, minInSync: 1, policy: keepEverything };
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

describe('a simulated node with a full disk', () => {
  it('refuses what it cannot store, and stores it when there is room again', () => {
    const world = newWorld();
    const node = nodeIn(world);
    node.start();
    const statuses: (Answer['kind'] | Status)[] = [];
    const init = () => {
      client.request(Api.initProducer, Buffer.alloc(0), (answer) => {
        statuses.push(answer.kind === 'refused' ? answer.status : answer.kind);
      });
    };
    const client: SimulatedClient = new SimulatedClient(
      world,
      node,
      { cuts: 0 },
      {
        up: () => {
          node.setRoom(0);
          init();
        },
        down: () => {},
        pushed: () => {},
      },
    );
    world.agenda.after(100e6, () => {
      node.setRoom(Number.POSITIVE_INFINITY);
      init();
    });
    world.agenda.run(1e9);
    expect(statuses).toEqual([Status.storageFailed, 'ok']);
    expect(world.marks).toContain('a full disk refused a request');
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
